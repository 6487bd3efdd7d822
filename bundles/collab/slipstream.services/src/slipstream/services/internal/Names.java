package slipstream.services.internal;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/** Names of things in a workspace: they are file names and parts of URLs too. */
final class Names {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,149}");

  private Names() {}

  /**
   * @param what such as "experiment", for the error
   * @return the name
   */
  static String check(String what, String name) {
    if (!ALLOWED.matcher(name).matches() || name.contains("..")) {
      throw SlipstreamException.invalid(
          "'" + name + "' is not a name for " + (what.matches("[aeiou].*") ? "an " : "a ") + what,
          Place.key("name"),
          "Use letters, digits, hyphens, dots and underscores; begin with a letter or digit.");
    }
    return name;
  }

  /** A name made from a file's: its stem, with what is not allowed replaced. */
  static String fromFile(String file, String otherwise) {
    // Of a pattern what it says; of one that says nothing its folder's name.
    Path path = Path.of(file.replaceAll("\\{instrument\\}|[*?\\[\\]{}]+", "."));
    Path last = path.getFileName();
    if (last != null
        && last.toString().matches("[._-]*(csv|parquet|jsonl|ndjson|json|pq|txt|gz|zst|[._-])*")
        && path.getParent() != null) {
      last = path.getParent().getFileName();
    }
    String stem = last == null ? "" : last.toString().replaceFirst("^\\.+", "");
    int dot = stem.indexOf('.', 1);
    if (dot > 0) {
      stem = stem.substring(0, dot);
    }
    String name = stem.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^[^A-Za-z0-9]+|[-_]+$", "");
    if (name.isEmpty()) {
      return otherwise;
    }
    return name.substring(0, Math.min(name.length(), 100)).toLowerCase(Locale.ROOT);
  }
}
