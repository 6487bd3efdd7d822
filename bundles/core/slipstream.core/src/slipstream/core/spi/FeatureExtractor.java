package slipstream.core.spi;

import java.nio.file.Path;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.DataSource;
import slipstream.core.progress.Progress;
import slipstream.core.table.Table;

/**
 * Makes a table from a table, and perhaps from others: trades to bars, quotes to spreads, an as-of join.
 *
 * <p>Point in time: a row of the result stamped t uses no row after t, neither of the input nor of other data. A test
 * truncates both at random times and demands equal rows before them.
 */
public interface FeatureExtractor<P extends Record> extends Plugin<P> {
  /**
   * @param input read only; the caller closes it
   * @return a new table, in memory or at {@code context.target()}; it must not share memory with the input or with what
   *     {@code context.inputs()} gives. Its bytes do not depend on the number of threads
   * @throws slipstream.core.SlipstreamException when a column is missing or of the wrong type; its place is the name of
   *     the parameter that is at fault
   */
  Table extract(Table input, P parameters, Context context);

  /**
   * Whether the result is point in time with these parameters. Where it is not, an experiment's report says so, and its
   * models predict from their inputs only, not from raw data.
   */
  default boolean pointInTime(P parameters) {
    return true;
  }

  /**
   * @param target a folder for the result, which may be used when it does not fit in memory; must not exist
   * @param threads at most this many work at once
   * @param inputs reads other data that the parameters name
   */
  record Context(Path target, int threads, Inputs inputs, Progress progress) {
    public Context {
      if (threads < 1) {
        throw new IllegalArgumentException("an extractor needs a thread, not " + threads);
      }
    }

    /** For an extractor that reads nothing else, on one thread. */
    public Context(Path target, Progress progress) {
      this(target, 1, Inputs.NONE, progress);
    }
  }

  /** Data beside the input. */
  interface Inputs {
    /** Has none. */
    Inputs NONE =
        (parameter, source) -> {
          throw SlipstreamException.notFound("no other data can be read here", "");
        };

    /**
     * Reads all that a parameter of type {@link DataSource} names; its content becomes part of every model's provenance.
     *
     * @param parameter the parameter's name
     * @return a table that is closed by the caller of {@link #extract}, once that has returned
     * @throws SlipstreamException naming what is wrong, placed below the parameter
     */
    Table read(String parameter, DataSource source);

    /**
     * The same, of data that must be there and have a row.
     *
     * @throws SlipstreamException also when nothing is given or there is no row
     */
    default Table require(String parameter, DataSource source) {
      if (source == null) {
        throw SlipstreamException.invalid(
            "'" + parameter + "' is missing",
            Place.key(parameter),
            "Name the other data: " + parameter + ": {importer: parquet, path: …}.");
      }
      Table table = read(parameter, source);
      if (table.rows() == 0) {
        throw SlipstreamException.invalid(
            "the data have no rows",
            Place.key(parameter),
            "Check the file and the condition that excludes rows.");
      }
      return table;
    }
  }
}
