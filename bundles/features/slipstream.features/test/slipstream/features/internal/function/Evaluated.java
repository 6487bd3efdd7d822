package slipstream.features.internal.function;

import java.time.Instant;
import java.util.Arrays;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Rows;
import slipstream.core.spi.PluginCatalog;

/** A function of the catalogue on columns of numbers. */
final class Evaluated {
  static final PluginCatalog PLUGINS = PluginCatalog.ofClassPath();

  private Evaluated() {}

  /**
   * @param constants all of them
   */
  static double[] of(String function, long[] times, Object[] constants, double[]... series) {
    FeatureFunction found = PLUGINS.function(function).orElseThrow();
    return of(found, times, constants, series);
  }

  static double[] of(
      FeatureFunction function, long[] times, Object[] constants, double[]... series) {
    int rows = times == null ? series[0].length : times.length;
    double[] result = new double[rows];
    function.bind(Constants.of(constants)).evaluate(new Rows(rows, times, "X"), series, result);
    return result;
  }

  static Object[] with(Object... constants) {
    return constants;
  }

  static double[] of(double... values) {
    return values;
  }

  /** UTC nanoseconds of ISO instants. */
  static long[] times(String... instants) {
    return Arrays.stream(instants)
        .map(Instant::parse)
        .mapToLong(each -> each.getEpochSecond() * 1_000_000_000L + each.getNano())
        .toArray();
  }

  /** Dates as a column of times holds them. */
  static double[] dates(String... dates) {
    return Arrays.stream(dates)
        .mapToDouble(date -> date == null ? Double.NaN : times(date + "T00:00:00Z")[0])
        .toArray();
  }
}
