package slipstream.training.run;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import slipstream.core.parameters.Parameter;
import slipstream.core.spi.Importer;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.core.table.TableWriter;

/**
 * Minute bars of a made-up market: the next return is 2 bp times the signal plus noise, so that a
 * model can be known to be right.
 */
public final class SyntheticImporter implements Importer<SyntheticImporter.Parameters> {
  private static final long MINUTE = 60_000_000_000L;
  private static final long START = 1_700_000_000L * 1_000_000_000L / MINUTE * MINUTE;

  public record Parameters(
      @Parameter(help = "Rows of each instrument.", defaultValue = "600") int rows,
      @Parameter(help = "Instruments.", defaultValue = "2") int instruments,
      @Parameter(help = "Whether there is a time column.", defaultValue = "true") boolean time,
      @Parameter(help = "From this row on everything is different.", defaultValue = "1000000")
          int otherFuture,
      @Parameter(help = "Noise of the return, in bp.", defaultValue = "1") double noise,
      @Parameter(help = "Of the random numbers.", defaultValue = "0") long seed,
      @Parameter(help = "Path, which is not read.", defaultValue = "") String path) {}

  @Override
  public String name() {
    return "synthetic";
  }

  @Override
  public String summary() {
    return "Made-up bars.";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public Table read(Parameters parameters, Context context) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("instrument", ColumnType.STRING));
    if (parameters.time) {
      fields.add(new Field("time", ColumnType.TIMESTAMP));
    }
    for (String name : new String[] {"price", "signal", "noise", "gap", "nothing", "one"}) {
      fields.add(new Field(name, ColumnType.FLOAT64));
    }
    try (TableWriter writer =
        new TableWriter(
            context.target(), new Schema(fields), parameters.time ? "time" : "", "instrument")) {
      for (int i = 0; i < parameters.instruments; i++) {
        write(writer, parameters, i);
      }
      return writer.finish();
    }
  }

  private static void write(TableWriter writer, Parameters parameters, int instrument) {
    SplittableRandom random = new SplittableRandom(instrument + 7919 * parameters.seed);
    double price = 100;
    for (int row = 0; row < parameters.rows; row++) {
      if (row == parameters.otherFuture) {
        random = new SplittableRandom(instrument + 1000);
      }
      double signal = random.nextGaussian();
      int c = 0;
      writer.column(c++).addString("inst-" + instrument);
      if (parameters.time) {
        writer.column(c++).addLong(START + row * MINUTE);
      }
      writer.column(c++).addDouble(price);
      writer.column(c++).addDouble(signal);
      writer.column(c++).addDouble(random.nextGaussian());
      if (row % 11 == 3) {
        writer.column(c++).addNull();
      } else {
        writer.column(c++).addDouble(random.nextGaussian());
      }
      writer.column(c++).addNull();
      writer.column(c).addDouble(1);
      price *= Math.exp((2 * signal + parameters.noise * random.nextGaussian()) / 1e4);
    }
  }
}
