package slipstream.features.internal.kernel;

/** A running total that carries its rounding error along (Neumaier, 1974): 2 ulps of the total, however long. */
public final class RunningSum {
  private double sum;
  private double lost;

  public void add(double value) {
    double total = sum + value;
    if (Double.isFinite(total)) {
      lost += Math.abs(sum) >= Math.abs(value) ? (sum - total) + value : (value - total) + sum;
    } else {
      lost = 0;
    }
    sum = total;
  }

  public double value() {
    return sum + lost;
  }
}
