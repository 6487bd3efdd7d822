package slipstream.core;

/**
 * Where in a user's input something was found.
 *
 * @param file the file as the user named it, or an empty string
 * @param line from 1, or 0 when unknown
 * @param column from 1, or 0 when unknown
 * @param key the dotted key or parameter, such as {@code models.trees.depth}, or an empty string
 */
public record Place(String file, int line, int column, String key) {
  public static Place file(String file) {
    return new Place(file, 0, 0, "");
  }

  public static Place key(String key) {
    return new Place("", 0, 0, key);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file);
    if (line > 0) {
      text.append(text.isEmpty() ? "line " : ":").append(line);
      if (column > 0) {
        text.append(':').append(column);
      }
    }
    if (!key.isEmpty()) {
      text.append(text.isEmpty() ? "" : ": ").append(key);
    }
    return text.toString();
  }
}
