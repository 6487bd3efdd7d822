package slipstream.features.internal.prepare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.parameters.DataSource;
import slipstream.core.parameters.Parameter;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;

/**
 * Takes splits, dividends and spin-offs out of prices and volumes.
 *
 * <p>An action at time x has a factor f by which it lowers the price: 1/n for a split into n, 1 - D/P for a dividend D after
 * a last close P, 1 - v for a spin-off of the share v of the value. Forward, a price at t is divided by the factors of all
 * x in (start, t]: it is point in time. Backward, it is multiplied by those of all x in (t, end]: by what came later. The
 * two differ by one factor an instrument, so that whatever is free of scale, such as a return, is the same.
 */
public final class Adjust implements FeatureExtractor<Adjust.Parameters> {
  /** Which prices stay as they are. */
  public enum Mode {
    /** An instrument's first. */
    FORWARD,
    /** Its last. */
    BACKWARD
  }

  /** See {@link Parameter}. */
  public record Parameters(
      @Parameter(
              help =
                  "The actions: an importer and its parameters; time is when prices first are without it"
                      + " (ex-date), instrument as in the data.")
          DataSource with,
      @Parameter(help = "Columns of prices.") List<String> prices,
      @Parameter(help = "Columns of numbers of shares, which splits change.", defaultValue = "")
          List<String> volumes,
      @Parameter(
              help = "Column of the price that a dividend is compared with: the last before it.",
              defaultValue = "close")
          String close,
      @Parameter(
              help =
                  "Column of the actions that says what it is: split (value: new shares for an old one),"
                      + " dividend (cash for a share), spin-off (share of the value that leaves, 0 to 1), factor"
                      + " (by which the price is multiplied).",
              defaultValue = "action")
          String action,
      @Parameter(help = "Column of the actions with their value.", defaultValue = "value")
          String value,
      @Parameter(
              help =
                  "Whether the first prices stay as they are (forward), which is point in time, or the last"
                      + " (backward), which is not.",
              defaultValue = "forward")
          Mode mode,
      @Parameter(
              help =
                  "Says that levels which know later actions are meant; mode: backward needs it, and the"
                      + " run's report warns.",
              defaultValue = "false")
          boolean acceptLookAhead,
      @Parameter(
              help = "Name of a column for what prices were multiplied by. None: no such column.",
              defaultValue = "")
          String factor) {
    public Parameters {
      if (prices.isEmpty()) {
        throw new IllegalArgumentException("no column of prices is named");
      }
      if (mode == Mode.BACKWARD && !acceptLookAhead) {
        throw new IllegalArgumentException(
            "mode: backward knows later actions: use forward, which gives the same returns, or say"
                + " accept_look_ahead: true");
      }
    }
  }

  private static final List<String> ACTIONS = List.of("split", "dividend", "spin-off", "factor");

  private static final int STRETCH = 1 << 18;

  private final long inMemory;
  private final int stretch;

  /** For the catalogue. */
  public Adjust() {
    this(Output.IN_MEMORY, STRETCH);
  }

  /** With other bounds, for tests. */
  Adjust(long inMemory, int stretch) {
    this.inMemory = inMemory;
    this.stretch = stretch;
  }

  @Override
  public String name() {
    return "adjust";
  }

  @Override
  public String summary() {
    return "Adjusts prices and volumes for splits, dividends and spin-offs from other data, point in time.";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public boolean pointInTime(Parameters parameters) {
    return parameters.mode() == Mode.FORWARD;
  }

  /** What prices and volumes are multiplied by, from a row on until the next piece. */
  private record Piece(long from, double price, double volume) {}

  /** An action within an instrument's rows: the first row after it, and what it does. */
  private record Event(long row, double price, double shares) {}

  @Override
  public Table extract(Table input, Parameters parameters, Context context) {
    if (!input.hasTime()) {
      throw SlipstreamException.invalid(
          "rows without a time cannot be adjusted", "Name the time column of the data.");
    }
    List<Column> columns = input.columns();
    int[] kinds = new int[columns.size()];
    mark(input, parameters.prices(), "prices", kinds, 1);
    mark(input, parameters.volumes(), "volumes", kinds, 2);
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Field field = columns.get(i).field();
      fields.add(
          kinds[i] == 0
              ? field
              : new Field(field.name(), ColumnType.FLOAT64, field.unit(), field.description()));
    }
    if (!parameters.factor().isBlank()) {
      if (input.schema().indexOf(parameters.factor()) >= 0) {
        throw SlipstreamException.invalid(
            Text.format("there would be two columns '%s'", parameters.factor()),
            Place.key("factor"),
            "Choose another name.");
      }
      fields.add(
          new Field(parameters.factor(), ColumnType.FLOAT64, "", "what prices were multiplied by"));
    }
    List<Piece> pieces = pieces(input, parameters, context);
    try (Output output =
        new Output(
            new Schema(fields),
            input.timeColumn(),
            input.instrumentColumn(),
            input.rows(),
            inMemory,
            context)) {
      for (long from = 0; from < input.rows(); from += stretch) {
        context.progress().checkCancelled();
        context.progress().stage("Adjust", from, input.rows(), "rows");
        long first = from;
        long end = Math.min(input.rows(), from + stretch);
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          ColumnBuilder builder = output.column(i);
          Column column = i < columns.size() ? columns.get(i) : null;
          int kind = i < columns.size() ? kinds[i] : 3;
          tasks.add(
              kind == 0
                  ? () -> builder.addRange(column, first, end)
                  : () -> adjust(builder, column, kind, pieces, first, end));
        }
        Parallel.run(tasks, context.threads(), context.progress());
      }
      context.progress().stage("Adjust", input.rows(), input.rows(), "rows");
      return output.finish();
    }
  }

  private static void mark(Table input, List<String> names, String key, int[] kinds, int kind) {
    for (String name : names) {
      Columns.number(input, name, key, "the data");
      int index = input.schema().indexOf(name);
      if (kinds[index] != 0) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' is named twice", name), Place.key(key), "Name it once.");
      }
      kinds[index] = kind;
    }
  }

  private static void adjust(
      ColumnBuilder builder, Column column, int kind, List<Piece> pieces, long from, long to) {
    int low = 0;
    int high = pieces.size();
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (pieces.get(middle).from() <= from) {
        low = middle;
      } else {
        high = middle;
      }
    }
    for (long row = from; row < to; low++) {
      Piece piece = pieces.get(low);
      long end = low + 1 < pieces.size() ? Math.min(to, pieces.get(low + 1).from()) : to;
      for (; row < end; row++) {
        if (kind == 3) {
          builder.addDouble(piece.price());
        } else if (column.isNull(row)) {
          builder.addNull();
        } else {
          builder.addDouble(column.getDouble(row) * (kind == 1 ? piece.price() : piece.volume()));
        }
      }
    }
  }

  // ------------------------------------------------------------------------------------ actions

  private static List<Piece> pieces(Table input, Parameters parameters, Context context) {
    Table actions = context.inputs().require("with", parameters.with());
    if (!actions.hasTime()) {
      throw SlipstreamException.invalid(
          "the actions have no time column", Place.key("with"), "Add 'time: COLUMN', the ex-date.");
    }
    if (input.instrumentColumn().isEmpty() != actions.instrumentColumn().isEmpty()) {
      throw SlipstreamException.invalid(
          input.instrumentColumn().isEmpty()
              ? "the actions have instruments and the data have none"
              : "the actions have no instrument column",
          Place.key("with"),
          "Name the instrument column of both, or of neither.");
    }
    Column words = Columns.text(actions, parameters.action(), "action", "the actions");
    Column values = Columns.number(actions, parameters.value(), "value", "the actions");
    Map<String, Partition> byInstrument = new HashMap<>();
    actions.partitions().forEach(each -> byInstrument.put(each.instrument(), each));
    List<Piece> pieces = new ArrayList<>();
    long used = 0;
    for (Partition partition : input.partitions()) {
      Partition own = byInstrument.get(partition.instrument());
      List<Event> events = new ArrayList<>();
      if (own != null && partition.rows() > 0) {
        used += events(input, parameters, partition, actions, own, words, values, events);
      }
      add(pieces, partition, events, parameters.mode());
    }
    if (used < actions.rows()) {
      context
          .progress()
          .message(
              Progress.Severity.INFO,
              Text.format(
                  "adjust: %,d of %,d actions are of other instruments, or not between an instrument's first and last row",
                  actions.rows() - used, actions.rows()));
    }
    return pieces;
  }

  private static long events(
      Table input,
      Parameters parameters,
      Partition partition,
      Table actions,
      Partition own,
      Column words,
      Column values,
      List<Event> events) {
    long used = 0;
    Column time = input.time();
    int at = input.schema().indexOf(parameters.close());
    Column close = at < 0 || !input.column(at).type().numeric() ? null : input.column(at);
    double before = Double.NaN;
    for (long action = own.from(); action < own.to(); action++) {
      long when = actions.time().getLong(action);
      Place place = Place.key("with");
      String what = words.getString(action);
      double value = values.getDouble(action);
      String name =
          Text.format(
              "the %s of %s at %s",
              what == null ? "action" : what, partition.instrument(), Times.text(when));
      if (what == null || !ACTIONS.contains(what)) {
        throw SlipstreamException.invalid(
            Text.format(
                "there is no action '%s', of %s at %s",
                what, partition.instrument(), Times.text(when)),
            Place.key("action"),
            Nearest.remedy(String.valueOf(what), ACTIONS));
      }
      long row = Columns.firstAt(time, partition.from(), partition.to(), when);
      if (row == partition.from() || row == partition.to()) {
        continue;
      }
      if (close != null) {
        // Without a price since the action before, the last one less that action's part stands.
        long since = events.isEmpty() ? partition.from() : events.getLast().row();
        double known = Columns.lastKnown(close, since, row);
        before = Double.isNaN(known) ? before : known;
      }
      double factor;
      double shares = 1;
      switch (what) {
        case "split" -> {
          factor = 1 / value;
          shares = value;
        }
        case "dividend" -> {
          Columns.number(input, parameters.close(), "close", "the data");
          if (!(before > 0)) {
            throw SlipstreamException.invalid(
                Text.format("%s has no price above 0 before it", name),
                place,
                "Leave it out by 'where', or name another column as close.");
          }
          factor = 1 - value / before;
        }
        case "spin-off" -> factor = 1 - value;
        default -> factor = value;
      }
      boolean right =
          factor > 0
              && factor < 1 / 0.0
              && (what.equals("split") || what.equals("factor") || value >= 0);
      if (!right) {
        throw SlipstreamException.invalid(
            Text.format("%s of %s would multiply prices by %s", name, value, factor),
            place,
            "Mend its value, or leave it out by 'where'.");
      }
      // What comes after it is of the new share.
      before *= factor;
      events.add(new Event(row, factor, shares));
      used++;
    }
    return used;
  }

  /** The pieces of an instrument: from its first row, and from every event on. */
  private static void add(List<Piece> pieces, Partition partition, List<Event> events, Mode mode) {
    double price = 1;
    double volume = 1;
    if (mode == Mode.BACKWARD) {
      for (Event each : events) {
        price *= each.price();
        volume *= each.shares();
      }
      pieces.add(new Piece(partition.from(), price, volume));
      for (int i = 0; i < events.size(); i++) {
        // Anew from the end: the last piece is 1 to the bit.
        price = 1;
        volume = 1;
        for (Event later : events.subList(i + 1, events.size())) {
          price *= later.price();
          volume *= later.shares();
        }
        pieces.add(new Piece(events.get(i).row(), price, volume));
      }
      return;
    }
    pieces.add(new Piece(partition.from(), 1, 1));
    for (Event each : events) {
      price /= each.price();
      volume /= each.shares();
      pieces.add(new Piece(each.row(), price, volume));
    }
  }
}
