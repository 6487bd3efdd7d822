package slipstream.core.parameters;

import java.util.List;

/**
 * A parameter as a person or a program sees it.
 *
 * @param name in files: snake_case
 * @param unit may be empty
 * @param required true when there is no default
 * @param defaultValue as it would stand in a file; empty when required
 * @param min inclusive; -infinity for none
 * @param max inclusive; +infinity for none
 * @param choices the allowed words of a CHOICE; usual ones of a TEXT
 */
public record ParameterDescription(
    String name,
    Type type,
    String unit,
    boolean required,
    String defaultValue,
    double min,
    double max,
    List<String> choices,
    String help) {

  /** The kinds of values, as the forms and schemas know them. */
  public enum Type {
    INTEGER,
    NUMBER,
    BOOLEAN,
    TEXT,
    /** One of {@link ParameterDescription#choices()}. */
    CHOICE,
    /** A length of time such as {@code 500ms}, {@code 60s}, {@code 5m}, {@code 1h}, {@code 1d}. */
    DURATION,
    /** A list of words. */
    TEXT_LIST,
    /** A map from word to word. */
    TEXT_MAP,
    /** Data beside the main ones: an importer and its parameters, {@link DataSource}. */
    DATA
  }
}
