package slipstream.core.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.progress.Progress;

/** Writes a model in a format that other systems read, and checks what it wrote before it is there. */
public interface Exporter {
  /** Name of the format on the command line, such as {@code onnx}. */
  String name();

  /** One sentence for people. */
  String summary();

  /** File name extension with its dot. */
  String extension();

  /** True when this exporter can write models of this trainer. */
  boolean supports(Model model);

  /**
   * Writes the model and verifies the written file on rows.
   *
   * @param verification rows to compare on; the exporter adds rows of its own at the model's decision boundaries
   * @param target written atomically, and only when the verification passed
   * @throws slipstream.core.SlipstreamException when the model is not supported or the verification failed
   */
  Verification export(Model model, FeatureMatrix verification, Path target, Progress progress);

  /**
   * As {@link #export(Model, FeatureMatrix, Path, Progress)}, with facts about the model for the file.
   *
   * @param metadata names and values, such as {@code target}, {@code unit}, {@code experiment}, {@code model_sha256}; an
   *     exporter whose format has no place for them leaves them out
   */
  default Verification export(
      Model model,
      SequencedMap<String, String> metadata,
      FeatureMatrix verification,
      Path target,
      Progress progress) {
    return export(model, verification, target, progress);
  }

  /**
   * What was checked.
   *
   * @param runtime the reader that checked it, with version: {@code "ONNX Runtime 1.29.0"}
   * @param rows rows compared, boundary rows not counted
   * @param boundaryRows rows at, just below and just above each decision boundary
   * @param maxUlps the largest difference, in units in the last place of a float
   * @param notes one line each, for people
   */
  record Verification(
      String runtime, long rows, long boundaryRows, long maxUlps, List<String> notes) {}
}
