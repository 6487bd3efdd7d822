package slipstream.services.internal;

/** How fast a stage of work is, over the last few seconds. Not thread-safe. */
final class StageSpeed {
  private static final int SAMPLES = 50;

  private final long[] times = new long[SAMPLES];
  private final long[] counts = new long[SAMPLES];
  private String unit = "";
  private int samples;

  void reset() {
    samples = 0;
  }

  /**
   * Takes note of how far the stage is.
   *
   * @param done units done; where they are of another kind than before, or fewer, measuring begins anew
   * @return units per second since the oldest note, which is a few seconds old; 0 when unknown
   */
  double update(long done, String unit, long nanoTime) {
    if (!unit.equals(this.unit) || samples > 0 && done < counts[(samples - 1) % SAMPLES]) {
      samples = 0;
      this.unit = unit;
    }
    int at = samples % SAMPLES;
    int oldest = samples < SAMPLES ? 0 : at;
    double rate = 0;
    if (samples > 0 && nanoTime > times[oldest] && done > counts[oldest]) {
      rate = (done - counts[oldest]) / ((nanoTime - times[oldest]) * 1e-9);
    }
    times[at] = nanoTime;
    counts[at] = done;
    samples++;
    return rate;
  }

  /** -1 when unknown. */
  static double secondsLeft(long done, long total, double rate) {
    return total < 0 || rate <= 0 ? -1 : Math.max(0, (total - done) / rate);
  }
}
