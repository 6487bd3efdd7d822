package slipstream.data.health;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import slipstream.core.progress.Progress;
import slipstream.data.internal.health.KeyGuess;

/** A file that is checked where it lies: which importer reads it, and which of its columns are time and instrument. */
public final class HealthFile {
  private HealthFile() {}

  /**
   * What the user says of a file; empty parts are guessed.
   *
   * @param time {@code "-"} for none
   * @param instrument columns; {@code "-"} alone for none
   * @param timeZone of times that name none; UTC when empty
   */
  public record Keys(
      String time,
      String timeOfDay,
      String timeUnit,
      String timeFormat,
      String timeZone,
      List<String> instrument) {
    /** Everything is guessed. */
    public static final Keys NONE = new Keys("", "", "", "", "", List.of());

    public Keys {
      instrument = List.copyOf(instrument);
    }
  }

  /**
   * How a file is imported to be checked.
   *
   * @param importer the plug-in's name
   * @param parameters the importer's
   * @param guesses what was guessed, in sentences for people
   */
  public record Reading(String importer, Map<String, Object> parameters, List<String> guesses) {
    public Reading {
      parameters = Map.copyOf(parameters);
      guesses = List.copyOf(guesses);
    }
  }

  /** The importer for a file's name. */
  public static String importer(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet") || name.endsWith(".pq")) {
      return "parquet";
    }
    return name.matches(".*\\.(json|jsonl|ndjson)(\\.gz|\\.zst)?") ? "jsonl" : "csv";
  }

  /**
   * Guesses time and instrument from names, types and the first rows: the time is what is named and typed like one; the
   * instrument is what is named like one, or else the columns that tell rows of one day apart.
   *
   * @param scratch a folder for temporary files
   * @throws slipstream.core.SlipstreamException when the file cannot be read
   */
  public static Reading guess(Path file, Keys said, Path scratch, int threads, Progress progress) {
    return KeyGuess.of(file, importer(file), said, scratch, threads, progress);
  }
}
