package slipstream.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import slipstream.core.progress.Progress;
import slipstream.data.internal.KeyGuess;

/** Which columns of a file are its time and its instrument, and how they are written. */
public final class FileKeys {
  private FileKeys() {}

  /**
   * What the user says of a file; empty parts are guessed.
   *
   * @param time {@code "-"} for none
   * @param instrument columns; {@code "-"} alone for none
   * @param timeZone of times that name none; UTC when empty
   */
  public record Said(
      String time,
      String timeOfDay,
      String timeUnit,
      String timeFormat,
      String timeZone,
      List<String> instrument) {
    /** Everything is guessed. */
    public static final Said NOTHING = new Said("", "", "", "", "", List.of());

    public Said {
      instrument = List.copyOf(instrument);
    }
  }

  /**
   * How a file is imported.
   *
   * @param importer the plug-in's name
   * @param parameters the importer's
   * @param guesses what was guessed, in sentences for people
   * @param question what only the user knows; empty when nothing is open
   */
  public record Reading(
      String importer, Map<String, Object> parameters, List<String> guesses, String question) {
    public Reading {
      parameters = Map.copyOf(parameters);
      guesses = List.copyOf(guesses);
    }
  }

  /**
   * Guesses time and instrument from names, types and the first rows: the time is what is named and typed like one, with
   * a time of day beside a date; the instrument is what is named like one, or else the columns that tell rows of one day
   * apart.
   *
   * @param importer csv, jsonl or parquet
   * @param whole whether rows without time or instrument are looked for in the whole file, and not only where that is quick
   * @param scratch a folder for temporary files
   * @throws slipstream.core.SlipstreamException when the file cannot be read
   */
  public static Reading guess(
      Path file,
      String importer,
      Said said,
      boolean whole,
      Path scratch,
      int threads,
      Progress progress) {
    return KeyGuess.of(file, importer, said, whole, scratch, threads, progress);
  }
}
