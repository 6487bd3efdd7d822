package slipstream.core.spi;

import java.nio.file.Path;
import slipstream.core.progress.Progress;
import slipstream.core.table.Table;

/**
 * Makes a table from a table: trades to bars, quotes to spreads, an as-of join.
 *
 * <p>Point in time: a row of the result stamped t uses no input row after t. A test truncates the input at random
 * times and demands equal rows before them.
 */
public interface FeatureExtractor<P extends Record> extends Plugin<P> {
  /**
   * @param input read only; the caller closes it
   * @return a new table, in memory or at {@code context.target()}; it must not share memory with the input
   * @throws slipstream.core.SlipstreamException when a column is missing or of the wrong type
   */
  Table extract(Table input, P parameters, Context context);

  /**
   * @param target a folder for the result, which may be used when it does not fit in memory; must not exist
   */
  record Context(Path target, Progress progress) {}
}
