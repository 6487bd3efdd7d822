package slipstream.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * One measured figure.
 *
 * @param peer what it is compared with; null for none
 * @param unit of ours and theirs; less is better
 * @param theirs the peer's figure; NaN without one
 * @param bound what ours must not exceed, where there is no peer; NaN with one
 * @param qualityOurs held-out RMSE; NaN where it does not apply
 */
record Figure(
    String name,
    String peer,
    String unit,
    double ours,
    double theirs,
    double bound,
    double qualityOurs,
    double qualityTheirs,
    long rows,
    int threads) {

  /** Above 1: ours is better. NaN without a peer. */
  double ratio() {
    return theirs / ours;
  }

  String json() {
    return "{\"case\":"
        + text(name)
        + ",\"peer\":"
        + text(peer)
        + ",\"unit\":"
        + text(unit)
        + ",\"ours\":"
        + number(ours)
        + ",\"theirs\":"
        + number(theirs)
        + ",\"ratio\":"
        + number(ratio())
        + (peer == null ? ",\"bound\":" + number(bound) : "")
        + ",\"quality_ours\":"
        + number(qualityOurs)
        + ",\"quality_theirs\":"
        + number(qualityTheirs)
        + ",\"rows\":"
        + rows
        + ",\"threads\":"
        + threads
        + "}";
  }

  private static String text(String value) {
    return value == null ? "null" : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "null";
  }

  static String table(List<Figure> figures) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            "%-48s %-22s %-8s %10s %10s %7s %10s %10s%n",
            "case", "peer", "unit", "ours", "theirs", "ratio", "RMSE ours", "theirs"));
    for (Figure f : figures) {
      String peer =
          f.peer != null ? f.peer : Double.isNaN(f.bound) ? "" : "bound " + cell(f.bound, "%.6g");
      out.append(
          String.format(
              "%-48s %-22s %-8s %10s %10s %7s %10s %10s%n",
              f.name,
              peer,
              f.unit,
              cell(f.ours, "%.4g"),
              cell(f.theirs, "%.4g"),
              cell(f.ratio(), "%.2f"),
              cell(f.qualityOurs, "%.5f"),
              cell(f.qualityTheirs, "%.5f")));
    }
    return out.toString();
  }

  private static String cell(double value, String format) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }
}
