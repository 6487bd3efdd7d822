package slipstream.services.internal;

import java.nio.file.Path;
import java.util.function.Supplier;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.table.Table;

/**
 * Rows of data as a model sees them.
 *
 * @param table the rows that the inputs stand for, with time and instrument where there are any
 * @param inputs row by row those of the table, columns in the order that the model wants
 * @param resources what is let go with them
 */
record ModelRows(Table table, FeatureMatrix inputs, Runnable resources) implements AutoCloseable {
  /** Where rows come from. */
  sealed interface Source {
    /**
     * A table of raw data or of the model's inputs.
     *
     * @param open opens it; it is closed with the rows
     */
    record Data(Supplier<Table> open) implements Source {}

    /** A file of raw data or of the model's inputs. */
    record File(Path file) implements Source {}
  }

  @Override
  public void close() {
    resources.run();
  }
}
