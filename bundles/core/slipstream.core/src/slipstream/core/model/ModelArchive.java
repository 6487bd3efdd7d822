package slipstream.core.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;

/**
 * The file of a model, {@code *.slipmodel}: named byte entries in a ZIP that any tool can open.
 *
 * <p>Entries are sorted, stored uncompressed and without times, so that equal content has equal bytes on any platform.
 * The ZIP's comment ends the file: {@code slipstream-model 1 sha256=<hex>}, the SHA-256 of all bytes before the hex. A
 * cut or flipped bit anywhere is therefore found before anything is read. See {@code docs/formats/model-archive.md}.
 */
public final class ModelArchive {
  /** The extension of archives, with its dot. */
  public static final String EXTENSION = ".slipmodel";

  /** What the archive holds: provenance, features, target, units (JSON). */
  public static final String MANIFEST = "manifest.json";

  /** The experiment as it was run (YAML). */
  public static final String EXPERIMENT = "experiment.slip.yaml";

  /** The trainer's own bytes. */
  public static final String MODEL = "model.bin";

  /** The bytes of a model that the archive's combines. */
  public static String member(String name) {
    return "members/" + name + ".bin";
  }

  private static final int VERSION = 1;
  private static final String COMMENT = "slipstream-model ";
  private static final String SUM = " sha256=";
  private static final int HEX = 64;

  /** Not the first moment of 1980: the JDK would add the time once more, by the machine's time zone. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final long MAX_BYTES = 1L << 31;
  private static final int MAX_ENTRIES = 10_000;

  private final SequencedMap<String, byte[]> entries;

  public ModelArchive(Map<String, byte[]> entries) {
    SequencedMap<String, byte[]> sorted = new LinkedHashMap<>();
    new TreeMap<>(entries).forEach((name, bytes) -> sorted.put(name, bytes.clone()));
    this.entries = Collections.unmodifiableSequencedMap(sorted);
  }

  /** Entry names in order. */
  public Iterable<String> names() {
    return entries.keySet();
  }

  /**
   * @throws SlipstreamException CORRUPT when the archive lacks this entry
   */
  public byte[] entry(String name) {
    byte[] bytes = entries.get(name);
    if (bytes == null) {
      throw SlipstreamException.corrupt("the model archive has no entry '" + name + "'", "");
    }
    return bytes.clone();
  }

  public String text(String name) {
    return new String(entry(name), StandardCharsets.UTF_8);
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The archive's bytes: the same for the same entries, always. */
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      zip.setComment(COMMENT + VERSION + SUM + "0".repeat(HEX));
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        byte[] bytes = entry.getValue();
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTimeLocal(NO_TIME);
        header.setSize(bytes.length);
        header.setCompressedSize(bytes.length);
        header.setCrc(crc.getValue());
        zip.putNextEntry(header);
        zip.write(bytes);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = out.toByteArray();
    String sum = Hashing.sha256(Arrays.copyOf(bytes, bytes.length - HEX));
    System.arraycopy(sum.getBytes(StandardCharsets.US_ASCII), 0, bytes, bytes.length - HEX, HEX);
    return bytes;
  }

  /** Writes the archive atomically. */
  public void write(Path file) {
    try {
      AtomicFiles.write(file, encode());
    } catch (IOException e) {
      throw AtomicFiles.explain("write the model", file, e);
    }
  }

  /**
   * @throws SlipstreamException NOT_FOUND, or CORRUPT when it is damaged, cut or of a newer version
   */
  public static ModelArchive read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw SlipstreamException.corrupt(file + " is too large for a model archive", "");
      }
      return decode(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw AtomicFiles.explain("read the model", file, e);
    }
  }

  /**
   * @param name what to call it in errors
   */
  public static ModelArchive decode(byte[] bytes, String name) {
    String tail =
        new String(
            bytes,
            Math.max(0, bytes.length - HEX - 40),
            Math.min(bytes.length, HEX + 40),
            StandardCharsets.ISO_8859_1);
    int start = tail.lastIndexOf(COMMENT);
    int sumAt = tail.length() - HEX - SUM.length();
    if (start < 0 || sumAt < start || !tail.startsWith(SUM, sumAt)) {
      throw damaged(name, "it does not end as a model archive does");
    }
    String version = tail.substring(start + COMMENT.length(), sumAt);
    String sum = Hashing.sha256(Arrays.copyOf(bytes, bytes.length - HEX));
    if (!sum.equals(tail.substring(tail.length() - HEX))) {
      throw damaged(name, "its checksum differs");
    }
    if (!version.equals(Integer.toString(VERSION))) {
      throw SlipstreamException.corrupt(
          name + " has model format version " + version + "; this Slipstream reads " + VERSION,
          "Open it with a newer Slipstream.");
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getMethod() != ZipEntry.STORED || entries.size() >= MAX_ENTRIES) {
          throw damaged(name, "it has an entry that no Slipstream writes");
        }
        entries.put(entry.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw damaged(name, String.valueOf(e.getMessage()));
    }
    return new ModelArchive(entries);
  }

  private static SlipstreamException damaged(String name, String how) {
    return SlipstreamException.corrupt(
        name + " is not a usable model archive: " + how,
        "Copy it again, or train the model again.");
  }
}
