package slipstream.ui.internal.experiment;

import java.util.List;

/**
 * A group of fields under a heading.
 *
 * @param title heading
 * @param subtitle what the group is for, from the plug-in that it configures
 * @param path where the group stands in the file
 * @param kind how it is drawn and what can be done with it
 * @param fields in order
 */
public record FormSection(
    String title, String subtitle, List<Object> path, Kind kind, List<FormField> fields) {

  /** How a section is drawn. */
  public enum Kind {
    /** Label and control, one below the other. */
    FIELDS,
    /** Names and expressions side by side; entries can be added and removed. */
    DEFINITIONS,
    /** As FIELDS, and the whole can be removed. */
    REMOVABLE
  }

  /** Equal for two forms that differ in values only, so that one can take the other's values over. */
  String shape() {
    StringBuilder shape = new StringBuilder(title).append(kind).append(path);
    fields.forEach(
        f -> shape.append('|').append(f.key()).append(':').append(f.parameter().getTypeValue()));
    return shape.toString();
  }
}
