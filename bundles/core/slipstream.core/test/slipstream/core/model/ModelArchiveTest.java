package slipstream.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.MemoryFolder;

class ModelArchiveTest {
  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ModelArchive small() {
    return new ModelArchive(
        Map.of(
            "model.bin", new byte[] {0, 1, -1}, "manifest.json", utf8("{}"), "empty", new byte[0]));
  }

  private static SlipstreamException corrupt(byte[] bytes) {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> ModelArchive.decode(bytes, "m.slipmodel"));
    assertEquals(Category.CORRUPT, e.category());
    assertTrue(e.getMessage().startsWith("m.slipmodel "), e.getMessage());
    return e;
  }

  @Property(tries = 100)
  void decodesWhatItEncoded(@ForAll @Size(max = 6) Map<String, byte[]> entries) {
    Map<String, byte[]> named = new LinkedHashMap<>();
    int i = 0;
    for (byte[] bytes : entries.values()) {
      named.put("folder/ü-" + i++ + ".bin", bytes);
    }
    byte[] encoded = new ModelArchive(named).encode();
    ModelArchive decoded = ModelArchive.decode(encoded, "");
    named.forEach((name, bytes) -> assertArrayEquals(bytes, decoded.entry(name)));
    assertArrayEquals(encoded, decoded.encode());
  }

  @Test
  void sameContentHasTheSameBytesEverywhere() {
    byte[] expected = small().encode();
    Map<String, byte[]> other = new LinkedHashMap<>();
    other.put("manifest.json", utf8("{}"));
    other.put("model.bin", new byte[] {0, 1, -1});
    other.put("empty", new byte[0]);
    TimeZone before = TimeZone.getDefault();
    try {
      for (String zone : List.of("UTC", "Asia/Kathmandu", "America/New_York")) {
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        assertArrayEquals(expected, new ModelArchive(other).encode(), zone);
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void everyFlippedBitIsDetected() {
    byte[] good = small().encode();
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit >> 3] ^= (byte) (1 << (bit & 7));
      corrupt(bad);
    }
    assertEquals("{}", ModelArchive.decode(good, "").text("manifest.json"));
  }

  @Test
  void everyTruncationAndExtensionIsDetected() {
    byte[] good = small().encode();
    for (int length = 0; length < good.length; length++) {
      corrupt(Arrays.copyOf(good, length));
    }
    corrupt(Arrays.copyOf(good, good.length + 1));
    byte[] twice = Arrays.copyOf(good, good.length * 2);
    System.arraycopy(good, 0, twice, good.length, good.length);
    corrupt(twice);
  }

  @Property(tries = 200)
  void garbageIsRefused(@ForAll long seed) {
    byte[] bytes = new byte[new Random(seed).nextInt(400)];
    new Random(seed).nextBytes(bytes);
    corrupt(bytes);
  }

  @Test
  void anyZipToolOpensIt() throws IOException {
    Path file = folder.resolve("a" + ModelArchive.EXTENSION);
    small().write(file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<String> names = new ArrayList<>();
      for (ZipEntry entry : java.util.Collections.list(zip.entries())) {
        names.add(entry.getName());
        assertArrayEquals(small().entry(entry.getName()), zip.getInputStream(entry).readAllBytes());
      }
      assertEquals(List.of("empty", "manifest.json", "model.bin"), names);
      assertTrue(zip.getComment().startsWith("slipstream-model 1 sha256="));
    }
    assertArrayEquals(small().encode(), ModelArchive.read(file).encode());
  }

  @Test
  void namesWhatIsMissing() {
    assertEquals(
        "the model archive has no entry 'experiment.slip.yaml'",
        assertThrows(SlipstreamException.class, () -> small().text(ModelArchive.EXPERIMENT))
            .getMessage());
    assertEquals(
        Category.NOT_FOUND,
        assertThrows(
                SlipstreamException.class, () -> ModelArchive.read(folder.resolve("no.slipmodel")))
            .category());
  }

  @Test
  void aNewerFormatIsCalledNewer() throws IOException {
    byte[] bytes = small().encode();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf("slipstream-model 1") + "slipstream-model ".length();
    bytes[at] = '2';
    byte[] body = Arrays.copyOf(bytes, bytes.length - 64);
    byte[] sum = utf8(slipstream.core.store.Hashing.sha256(body));
    System.arraycopy(sum, 0, bytes, bytes.length - 64, 64);
    assertEquals(
        "m.slipmodel has model format version 2; this Slipstream reads 1. Open it with a newer"
            + " Slipstream.",
        corrupt(bytes).getMessage());
  }

  @Test
  void aFailedWriteLeavesTheOldModel() throws IOException {
    Path file = folder.resolve("a.slipmodel");
    small().write(file);
    byte[] before = Files.readAllBytes(file);
    Files.createDirectory(folder.resolve("d"));
    assertThrows(SlipstreamException.class, () -> small().write(file.resolve("below-a-file")));
    assertArrayEquals(before, Files.readAllBytes(file));
  }
}
