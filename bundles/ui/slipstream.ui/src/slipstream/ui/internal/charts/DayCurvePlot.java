package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import slipstream.proto.v1.DayCurve;
import slipstream.proto.v1.DayCurveBin;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** A quantity through the day: its median with the quartiles as a band, and its mean. */
public final class DayCurvePlot extends Plot {
  private static final int[] STEPS = {300, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600};
  private DayCurve curve = DayCurve.getDefaultInstance();

  public DayCurvePlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Through the day");
  }

  /** Shows another curve. */
  public void show(DayCurve newCurve) {
    curve = newCurve;
    invalidate();
  }

  private static String clock(int seconds) {
    int minutes = seconds / 60;
    String text = minutes / 60 + ":" + (minutes % 60 < 10 ? "0" : "") + minutes % 60;
    return minutes < 600 ? "0" + text : text;
  }

  private int width() {
    return Math.max(1, curve.getRequest().getBinSeconds());
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    List<DayCurveBin> bins =
        curve.getBinsList().stream().filter(each -> each.getCount() > 0).toList();
    if (bins.isEmpty()) {
      return null;
    }
    double max = 0;
    double min = 0;
    for (DayCurveBin bin : bins) {
      max = Math.max(max, Math.max(bin.getUpperQuartile(), bin.getMedian()));
      max = Math.max(max, Math.min(bin.getMean(), 3 * Math.abs(bin.getUpperQuartile())));
      min = Math.min(min, bin.getLowerQuartile());
    }
    Palette p = palette();
    String zone = curve.getRequest().getTimeZone();
    Frame f =
        axes(
            g,
            width,
            height,
            bins.getFirst().getStartSeconds(),
            bins.getLast().getStartSeconds() + width(),
            min,
            max == min ? min + 1 : max * 1.08,
            "Time of day, " + zone,
            curve.getQuantity() + (curve.getUnit().isEmpty() ? "" : ", " + curve.getUnit()),
            DayCurvePlot::ticks);
    g.setFill(p.model(0).deriveColor(0, 1, 1, 0.16));
    for (DayCurveBin bin : bins) {
      double x = f.x(bin.getStartSeconds());
      double top = f.y(bin.getUpperQuartile());
      g.fillRect(
          x,
          top,
          f.x(bin.getStartSeconds() + width()) - x,
          Math.max(1, f.y(bin.getLowerQuartile()) - top));
    }
    steps(g, f, bins, true);
    steps(g, f, bins, false);
    legend(
        g,
        f,
        List.of(
            new Key("median, with quartiles", p.model(0), false), new Key("mean", p.axis(), true)));
    return f;
  }

  private void steps(GraphicsContext g, Frame f, List<DayCurveBin> bins, boolean mean) {
    g.save();
    g.beginPath();
    g.rect(f.left(), f.top(), f.width(), f.height());
    g.clip();
    g.setStroke(mean ? palette().muted() : palette().model(0));
    g.setLineWidth(mean ? 1.25 : 2);
    if (mean) {
      g.setLineDashes(4, 3);
    } else {
      g.setLineDashes();
    }
    g.beginPath();
    int before = -1;
    for (DayCurveBin bin : bins) {
      double x = f.x(bin.getStartSeconds());
      double y = f.y(mean ? bin.getMean() : bin.getMedian());
      if (before == bin.getStartSeconds()) {
        g.lineTo(x, y);
      } else {
        g.moveTo(x, y);
      }
      before = bin.getStartSeconds() + width();
      g.lineTo(f.x(before), y);
    }
    g.stroke();
    g.restore();
    g.setLineDashes();
    g.setLineWidth(1);
  }

  private static List<XTicks.Tick> ticks(double from, double to, int count) {
    int step = STEPS[STEPS.length - 1];
    for (int each : STEPS) {
      if ((to - from) / each <= count) {
        step = each;
        break;
      }
    }
    List<XTicks.Tick> ticks = new java.util.ArrayList<>();
    for (int t = (int) Math.ceil(from / step) * step; t <= to; t += step) {
      ticks.add(new XTicks.Tick(t, clock(t)));
    }
    return ticks;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    double second = f.valueX(px);
    for (DayCurveBin bin : curve.getBinsList()) {
      if (second >= bin.getStartSeconds()
          && second < bin.getStartSeconds() + width()
          && bin.getCount() > 0) {
        String unit = curve.getUnit().isEmpty() ? "" : " " + curve.getUnit();
        return clock(bin.getStartSeconds())
            + "–"
            + clock(bin.getStartSeconds() + width())
            + "\nmedian "
            + Formats.quantity(bin.getMedian())
            + unit
            + ", quartiles "
            + Formats.quantity(bin.getLowerQuartile())
            + " to "
            + Formats.quantity(bin.getUpperQuartile())
            + "\nmean "
            + Formats.quantity(bin.getMean())
            + unit
            + "\n"
            + Formats.count(bin.getCount())
            + (curve.getUnit().equals("%") ? " days" : " rows");
      }
    }
    return null;
  }
}
