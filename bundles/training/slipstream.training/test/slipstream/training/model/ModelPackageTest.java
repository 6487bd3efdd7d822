package slipstream.training.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.model.ModelArchive;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.store.Hashing;
import slipstream.experiment.ExperimentFile;
import slipstream.training.run.RunResult;
import slipstream.training.run.Runs;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelPackageTest {
  private RunResult result;
  private byte[] bytes;
  private ModelPackage model;

  @BeforeAll
  void train(@TempDir Path folder) throws IOException {
    result = Runs.run(folder, "out", Runs.experiment(Map.of()));
    bytes = Files.readAllBytes(result.models().get(1).archive());
    model = ModelPackage.decode(bytes, "model", Runs.PLUGINS);
  }

  @Test
  void encodesToTheBytesItWasReadFrom() {
    assertArrayEquals(bytes, model.archive().encode());
  }

  @Test
  void tellsWhatItIs() {
    assertEquals("next_bp-ridge", model.name());
    assertEquals("next_bp", model.target().name());
    assertEquals("bp", model.target().unit());
    assertEquals(1, model.target().lookAheadRows());
    assertEquals(
        List.of("signal_now", "last_ret", "vol_20", "noise_now", "gap_now"),
        model.inputs().stream().map(ModelPackage.Input::name).toList());
    assertEquals("sd", model.inputs().getFirst().unit());
    assertEquals("ridge", model.provenance().trainer());
    assertEquals("0.001", model.provenance().parameters().get("l2"));
    assertEquals(11, model.provenance().seed());
    assertEquals("1.2.3-test", model.provenance().codeVersion());
    assertEquals(ExperimentFile.hash(model.experiment()), model.provenance().experimentHash());
    assertEquals(Hashing.sha256(model.experimentText()), model.provenance().experimentHash());
  }

  @Test
  void holdsNoTimeThreadOrMachine() {
    String manifest = ModelArchive.decode(bytes, "model").text(ModelArchive.MANIFEST);
    for (String word :
        new String[] {"threads", System.getProperty("user.name"), "seconds", "java"}) {
      assertFalse(manifest.contains(word), word);
    }
  }

  @Test
  void takesItsInputsByNameInAnyOrder() {
    List<Object> example = model.example();
    List<String> names = model.inputs().stream().map(ModelPackage.Input::name).toList();
    double[][] straight = new double[names.size()][];
    double[][] reversed = new double[names.size() + 1][];
    for (int f = 0; f < names.size(); f++) {
      straight[f] = new double[] {(Double) example.get(f)};
      reversed[names.size() - f] = straight[f];
    }
    reversed[0] = new double[] {99};
    List<String> other = new ArrayList<>(names.reversed());
    other.addFirst("unrelated");
    assertArrayEquals(
        model.predict(FeatureMatrix.ofColumns(names, straight)),
        model.predict(FeatureMatrix.ofColumns(other, reversed)));

    var error =
        assertThrows(
            SlipstreamException.class,
            () ->
                model.predict(
                    FeatureMatrix.ofColumns(List.of("signal_now"), new double[][] {{1}})));
    assertEquals(Category.NOT_FOUND, error.category());
    assertTrue(error.getMessage().contains("last_ret, vol_20"), error.getMessage());
  }

  @Test
  void everyFlippedBitAndEveryCutIsFound() {
    for (int at = 0; at < bytes.length; at += 7) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      var error =
          assertThrows(
              SlipstreamException.class, () -> ModelPackage.decode(flipped, "m", Runs.PLUGINS));
      assertEquals(Category.CORRUPT, error.category());
      byte[] cut = Arrays.copyOf(bytes, at);
      error =
          assertThrows(
              SlipstreamException.class, () -> ModelPackage.decode(cut, "m", Runs.PLUGINS));
      assertEquals(Category.CORRUPT, error.category());
    }
  }

  @Test
  void anArchiveWithAValidSumAndABadManifestIsFoundToo() {
    for (String manifest :
        new String[] {
          "",
          "null",
          "[]",
          "{}",
          "{\"format\": 99}",
          manifest().replace("\"name\" : \"vol_20\"", "\"name\" : \"last_ret\""),
          manifest().replace("\"name\" : \"vol_20\"", "\"name\" : \"other\""),
          manifest().replace("\"trainer\" : \"ridge\"", "\"trainer\" : \"baseline\""),
        }) {
      ModelArchive archive = ModelArchive.decode(bytes, "model");
      byte[] changed =
          new ModelArchive(
                  Map.of(
                      ModelArchive.MANIFEST,
                      manifest.getBytes(StandardCharsets.UTF_8),
                      ModelArchive.EXPERIMENT,
                      archive.entry(ModelArchive.EXPERIMENT),
                      ModelArchive.MODEL,
                      archive.entry(ModelArchive.MODEL)))
              .encode();
      var error =
          assertThrows(
              SlipstreamException.class,
              () -> ModelPackage.decode(changed, "m", Runs.PLUGINS),
              manifest);
      assertEquals(Category.CORRUPT, error.category());
    }
  }

  private String manifest() {
    return ModelArchive.decode(bytes, "model").text(ModelArchive.MANIFEST);
  }
}
