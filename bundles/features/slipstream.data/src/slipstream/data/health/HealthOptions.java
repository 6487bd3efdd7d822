package slipstream.data.health;

import java.util.Map;

/**
 * How a table is checked.
 *
 * @param roles what columns mean, where their names do not tell
 * @param outlierZ robust z beyond which a move or value is an outlier
 * @param threads at most this many work; the report does not depend on it
 */
public record HealthOptions(Map<String, Role> roles, double outlierZ, int threads) {
  /** Robust z of outliers where none is said. */
  public static final double OUTLIER_Z = 25;

  public HealthOptions {
    roles = Map.copyOf(roles);
    if (threads < 1 || !(outlierZ > 0)) {
      throw new IllegalArgumentException("threads " + threads + ", outlier z " + outlierZ);
    }
  }

  /** Roles by name, all processors. */
  public static HealthOptions standard() {
    return new HealthOptions(Map.of(), OUTLIER_Z, Runtime.getRuntime().availableProcessors());
  }
}
