package slipstream.core.spi;

import java.time.Duration;
import java.util.List;

/**
 * A function of the expression language, such as {@code mean(x, 30)}.
 *
 * <p>An expression that uses it binds its constants once, which gives a {@link Kernel}; the kernel is evaluated on many
 * stretches of rows. Kernels are pure, deterministic and, unless {@link Kernel#lookAhead} says otherwise, point in time:
 * the value at a row uses that row and earlier ones only.
 */
public interface FeatureFunction {
  /** Name in expressions: a lower-case identifier, unique. */
  String name();

  /** Its arguments in order. */
  List<Argument> arguments();

  /** What it computes, for people, with units and null rule. */
  Documentation documentation();

  /** What rows one evaluation sees. */
  default Scope scope() {
    return Scope.INSTRUMENT;
  }

  /**
   * The computation for these constants.
   *
   * @param constants as {@link #arguments} declares them, each within its range
   * @throws IllegalArgumentException with what is wrong, for the user, such as a lower bound above the upper one
   */
  Kernel bind(Constants constants);

  /** What rows one evaluation sees. */
  enum Scope {
    /** Consecutive rows of one instrument, ascending in time. */
    INSTRUMENT,
    /** The rows of all instruments that carry one same time, in the order of the table. */
    MOMENT
  }

  /** A function with its constants. Immutable and thread-safe: what a stretch needs lives within {@link #evaluate}. */
  @FunctionalInterface
  interface Kernel {
    /** The earlier rows that a value may depend on; of scope MOMENT none. */
    default Reach lookBack() {
      return Reach.NONE;
    }

    /** The later rows that a value may depend on; none for a feature, only targets and givens may look ahead. */
    default Reach lookAhead() {
      return Reach.NONE;
    }

    /** True when {@link #evaluate} reads the times; otherwise it may be given null for them. */
    default boolean usesTimes() {
      return false;
    }

    /**
     * Evaluates consecutive rows of one instrument, or the rows of one moment.
     *
     * <p>These are all rows of the instrument when a reach is {@link Reach#ALL}. Otherwise they may start and end
     * anywhere: a value must depend, to the bit, on the rows of its look-back and look-ahead alone. Arrays may be longer
     * than the rows; what is beyond is not to be touched.
     *
     * @param series the series, lists and groups among the arguments, in order, each element of a list by itself; NaN
     *     where unknown; read only
     * @param result to fill with a value a row; NaN where unknown; none of the series
     */
    void evaluate(Rows rows, double[][] series, double[] result);
  }

  /**
   * The rows of one evaluation.
   *
   * @param count how many
   * @param times UTC nanoseconds a row, ascending; null when the table has no time or the kernel does not use it; may be
   *     longer than the rows; read only
   * @param instrument whose they are; empty for scope MOMENT and where the table knows no instruments
   */
  record Rows(int count, long[] times, String instrument) {}

  /** What an argument may be. */
  enum Kind {
    /** An expression. */
    SERIES,
    /** Any number of expressions, at least one: the last of the series, before any constants. */
    SERIES_LIST,
    /** A text column, which arrives as a number for each distinct text, or a series of which equal values count as one group. */
    GROUP,
    /** A column of times, which arrive as UTC nanoseconds since 1970: a date to the bit, any time to 256 ns. */
    TIME,
    /** A fixed number. */
    NUMBER,
    /** A fixed whole number of rows. */
    ROWS,
    /** A fixed number of rows or a length of time: {@link Window}. */
    WINDOW,
    /** A fixed length of time, such as {@code 5m}. */
    DURATION,
    /** A fixed text in quotes. */
    TEXT;

    /** True for what is fixed in the expression. */
    public boolean constant() {
      return ordinal() >= NUMBER.ordinal();
    }
  }

  /**
   * An argument. Those at the end may be optional, unless there is a list.
   *
   * @param min smallest number or number of rows allowed
   * @param max largest one
   * @param words the texts allowed; empty for any
   * @param optional true when it may be left out
   * @param orElse the constant that is meant then: a Double, String, Window or Duration; null for none. A group that is
   *     left out is one of all rows.
   */
  record Argument(
      String name,
      Kind kind,
      double min,
      double max,
      List<String> words,
      boolean optional,
      Object orElse) {
    private static final double MOST_ROWS = 1e9;

    public Argument {
      words = List.copyOf(words);
    }

    private static Argument of(String name, Kind kind, double min, double max, String... words) {
      return new Argument(name, kind, min, max, List.of(words), false, null);
    }

    /** An expression. */
    public static Argument series(String name) {
      return of(name, Kind.SERIES, Double.NaN, Double.NaN);
    }

    /** One or more expressions. */
    public static Argument seriesList(String name) {
      return of(name, Kind.SERIES_LIST, Double.NaN, Double.NaN);
    }

    /** A text column, or a series of equal values. */
    public static Argument group(String name) {
      return of(name, Kind.GROUP, Double.NaN, Double.NaN);
    }

    /** A column of times. */
    public static Argument time(String name) {
      return of(name, Kind.TIME, Double.NaN, Double.NaN);
    }

    /** A fixed number: {@link Constants#number}. */
    public static Argument constant(String name, double min, double max) {
      return of(name, Kind.NUMBER, min, max);
    }

    /** A fixed whole number of rows: {@link Constants#whole}. */
    public static Argument rows(String name, int min) {
      return of(name, Kind.ROWS, min, MOST_ROWS);
    }

    /**
     * A number of rows or a length of time: {@link Constants#window}.
     *
     * @param min smallest number of rows
     */
    public static Argument window(String name, int min) {
      return of(name, Kind.WINDOW, min, MOST_ROWS);
    }

    /** A fixed length of time above zero: {@link Constants#nanos}. */
    public static Argument duration(String name) {
      return of(name, Kind.DURATION, Double.NaN, Double.NaN);
    }

    /**
     * A fixed text: {@link Constants#text}.
     *
     * @param words those allowed; none for any
     */
    public static Argument text(String name, String... words) {
      return of(name, Kind.TEXT, Double.NaN, Double.NaN, words);
    }

    /** The same, but it may be left out. */
    public Argument orNone() {
      return new Argument(name, kind, min, max, words, true, null);
    }

    /** The same, but it may be left out, and then this number (of rows, for a window) is meant. */
    public Argument orElse(double number) {
      Object value = kind == Kind.WINDOW ? new Window.OfRows((int) number) : (Object) number;
      return new Argument(name, kind, min, max, words, true, value);
    }

    /** The same, but it may be left out, and then this text is meant. */
    public Argument orElse(String text) {
      return new Argument(name, kind, min, max, words, true, text);
    }

    /** The same, but it may be left out, and then this length of time is meant. */
    public Argument orElse(Duration time) {
      Object value = kind == Kind.WINDOW ? new Window.OfTime(time.toNanos()) : (Object) time;
      return new Argument(name, kind, min, max, words, true, value);
    }

    /** True for what is fixed in the expression. */
    public boolean constant() {
      return kind.constant();
    }

    /** True for a number that must be whole. */
    public boolean whole() {
      return kind == Kind.ROWS || kind == Kind.WINDOW;
    }
  }

  /**
   * @param summary one sentence
   * @param formula in plain text, with the meaning of each symbol
   * @param unit of the result in terms of the arguments: {@code "unit of x"}, {@code "fraction"}
   * @param nullRule what an unknown input does
   * @param source paper or definition; empty when elementary
   */
  record Documentation(
      String summary, String formula, String unit, String nullRule, String source) {}
}
