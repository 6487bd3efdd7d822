package slipstream.training.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import slipstream.core.progress.Progress;
import slipstream.training.evaluation.Report.CurvePoint;

/**
 * Passes a fit's progress on under the run's name for the stage, and keeps its learning curve, if
 * it is wanted. Thread-safe.
 */
final class FitProgress implements Progress {
  /** More points than this do not show on a screen. */
  private static final int MAX_POINTS = 400;

  private final Progress progress;
  private final String stage;
  private final boolean wantsCurve;
  private final String unit;
  private final Consumer<String> curveBegins;
  private final List<CurvePoint> curve = new ArrayList<>();

  /** For a fit whose learning curve is not wanted. */
  FitProgress(Progress progress, String stage) {
    this(progress, stage, false, "", loss -> {});
  }

  private FitProgress(
      Progress progress,
      String stage,
      boolean wantsCurve,
      String unit,
      Consumer<String> curveBegins) {
    this.progress = progress;
    this.stage = stage;
    this.wantsCurve = wantsCurve;
    this.unit = unit;
    this.curveBegins = curveBegins;
  }

  /**
   * For a fit whose learning curve is wanted.
   *
   * @param unit of the target; empty for none
   * @param curveBegins told the name of the loss once, before the first point is passed on
   */
  static FitProgress withCurve(
      Progress progress, String stage, String unit, Consumer<String> curveBegins) {
    return new FitProgress(progress, stage, true, unit, curveBegins);
  }

  /** A loss as a progress reports it. */
  static String withUnit(String loss, String unit) {
    return unit.isEmpty() ? loss : loss + ", " + unit;
  }

  @Override
  public void stage(String inner, long done, long total, String unit) {
    progress.stage(stage, done, total, unit);
  }

  @Override
  public void learningCurve(
      String series, int step, String metric, double training, double validation) {
    if (!wantsCurve) {
      return;
    }
    synchronized (curve) {
      if (curve.isEmpty()) {
        curveBegins.accept(metric);
      }
      curve.add(new CurvePoint(series, step, metric, training, validation));
    }
    progress.learningCurve(series, step, withUnit(metric, unit), training, validation);
  }

  @Override
  public void message(Severity severity, String text) {
    progress.message(severity, text);
  }

  @Override
  public boolean cancelled() {
    return progress.cancelled();
  }

  /** The curve, thinned to at most {@value #MAX_POINTS} points and a last one. */
  List<CurvePoint> curve() {
    synchronized (curve) {
      int step = Math.max(1, (curve.size() + MAX_POINTS - 1) / MAX_POINTS);
      List<CurvePoint> thinned = new ArrayList<>();
      for (int i = 0; i < curve.size(); i++) {
        if (i % step == 0 || i == curve.size() - 1) {
          thinned.add(curve.get(i));
        }
      }
      return thinned;
    }
  }
}
