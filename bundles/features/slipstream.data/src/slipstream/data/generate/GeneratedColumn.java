package slipstream.data.generate;

/**
 * A column of generated rows.
 *
 * @param unit {@code "bp"}, {@code "USD"} …; may be empty
 * @param truth part of the truth file, which no model may see, and not of the data
 */
public record GeneratedColumn(
    String name, Type type, String unit, String description, boolean truth) {
  /** How a column's values are held in a block: see {@link Block#column}. */
  public enum Type {
    /** {@code double[]}. */
    NUMBER,
    /** {@code long[]}. */
    WHOLE,
    /** {@code long[]}: nanoseconds since 1970 UTC. */
    TIME,
    /** {@code int[]}: days since 1970. */
    DATE,
    /** {@code boolean[]}. */
    FLAG,
    /** {@code String[]}. */
    TEXT
  }
}
