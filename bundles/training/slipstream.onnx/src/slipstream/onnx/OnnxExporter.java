package slipstream.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.store.AtomicFiles;
import slipstream.onnx.internal.LinearCheck;
import slipstream.onnx.internal.ModelGraph;
import slipstream.onnx.internal.OnnxModels;
import slipstream.onnx.internal.TreeCheck;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.training.ensemble.EnsembleModel;
import slipstream.training.trees.BoostedTreesModel;

/**
 * Writes boosted trees, linear and baseline models, and what combines them, as ONNX, checked by ONNX Runtime.
 *
 * <p>Input {@code features}: float64 [rows, features], the columns in the order of the metadata entry {@code features}
 * (a JSON array), NaN where unknown. Output {@code prediction}: float32 [rows, 1], in the unit of the target. A model of several
 * outputs, such as quantiles, has {@code all_outputs} too: float32 [rows, outputs], ascending, named by the metadata entry {@code
 * all_outputs}.
 *
 * <p>The file is read back and compared with the model before it is renamed into place: on all given rows and on rows at
 * the model's decision boundaries, the same leaf of every tree and predictions within one float ulp, else the export
 * fails and nothing is written. Equal models and metadata give equal bytes. See {@code
 * docs/decisions/0004-onnx-export.md}.
 */
public final class OnnxExporter implements Exporter {
  private final UnaryOperator<byte[]> beforeCheck;

  public OnnxExporter() {
    this(UnaryOperator.identity());
  }

  /** For tests: what a faulty writer or disk would do to the file. */
  OnnxExporter(UnaryOperator<byte[]> beforeCheck) {
    this.beforeCheck = beforeCheck;
  }

  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public String summary() {
    return "Writes ONNX, checked by ONNX Runtime leaf by leaf.";
  }

  @Override
  public String extension() {
    return ".onnx";
  }

  @Override
  public boolean supports(Model model) {
    return ModelGraph.knows(model);
  }

  @Override
  public Verification export(
      Model model, FeatureMatrix verification, Path target, Progress progress) {
    return export(model, new LinkedHashMap<>(), verification, target, progress);
  }

  @Override
  public Verification export(
      Model model,
      SequencedMap<String, String> metadata,
      FeatureMatrix verification,
      Path target,
      Progress progress) {
    if (!model.features().isEmpty() && !model.features().equals(verification.names())) {
      throw new IllegalArgumentException(
          "features " + verification.names() + " for a model of " + model.features());
    }
    progress.stage("Export ONNX", 0, -1, "");
    GraphProto graph = ModelGraph.of(model);
    byte[] bytes = beforeCheck.apply(OnnxModels.model(graph, model, metadata).toByteArray());
    try {
      Path scratch = AtomicFiles.scratchDirectory(target);
      try {
        Path file = Files.write(scratch.resolve("model.onnx"), bytes);
        AtomicFiles.sync(file);
        Verification verified = check(model, Files.readAllBytes(file), verification, progress);
        AtomicFiles.move(file, target.toAbsolutePath());
        return verified;
      } finally {
        AtomicFiles.deleteRecursively(scratch);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("export the model", target, e);
    }
  }

  private static Verification check(
      Model model, byte[] file, FeatureMatrix rows, Progress progress) {
    return switch (model) {
      case BoostedTreesModel trees -> new TreeCheck(trees, file, progress).verify(rows);
      case EnsembleModel ensemble -> checkMembers(ensemble, file, rows, progress);
      default -> new LinearCheck(model, file, progress).verify(rows);
    };
  }

  /** Each member by itself, as if it were exported alone, and then all together. */
  private static Verification checkMembers(
      EnsembleModel model, byte[] file, FeatureMatrix rows, Progress progress) {
    List<String> notes = new ArrayList<>();
    long boundaryRows = 0;
    long maxUlps = 0;
    for (Map.Entry<String, Model> member : model.members().entrySet()) {
      Model each = member.getValue();
      byte[] alone =
          OnnxModels.model(ModelGraph.of(each), each, new LinkedHashMap<>()).toByteArray();
      Verification verified = check(each, alone, rows, progress);
      boundaryRows += verified.boundaryRows();
      maxUlps = Math.max(maxUlps, verified.maxUlps());
      verified.notes().forEach(note -> notes.add(member.getKey() + " by itself: " + note));
    }
    Verification together = new LinearCheck(model, file, progress).verify(rows);
    together.notes().forEach(note -> notes.add("together: " + note));
    return new Verification(
        together.runtime(),
        together.rows(),
        boundaryRows + together.boundaryRows(),
        Math.max(maxUlps, together.maxUlps()),
        notes);
  }
}
