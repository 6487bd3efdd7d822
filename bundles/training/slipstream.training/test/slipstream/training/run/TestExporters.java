package slipstream.training.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.store.AtomicFiles;

/** Exporters that work, fail, and do not know ridge. */
public final class TestExporters {
  private TestExporters() {}

  private abstract static class Base implements Exporter {
    @Override
    public String summary() {
      return "For tests.";
    }

    @Override
    public String extension() {
      return "." + name();
    }

    @Override
    public boolean supports(Model model) {
      return true;
    }
  }

  /** Writes the predictions. */
  public static final class Plain extends Base {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public Verification export(
        Model model, FeatureMatrix verification, Path target, Progress progress) {
      try {
        AtomicFiles.write(target, String.valueOf(model.predict(verification)[0]).getBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Verification("plain 1.0", verification.rows(), 0, 0, List.of("a <note>"));
    }
  }

  /** Finds that what it wrote is wrong. */
  public static final class Failing extends Base {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public Verification export(
        Model model, FeatureMatrix verification, Path target, Progress progress) {
      throw SlipstreamException.invalid("row 3 differs by 7 ulp", "Report it.");
    }
  }

  /** Knows trees only. */
  public static final class TreesOnly extends Base {
    @Override
    public String name() {
      return "trees-only";
    }

    @Override
    public boolean supports(Model model) {
      return model.trainer().equals("boosted-trees");
    }

    @Override
    public Verification export(
        Model model, FeatureMatrix verification, Path target, Progress progress) {
      throw new IllegalStateException("broken");
    }
  }
}
