package slipstream.data.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The little of CSV that is not left to DuckDB: line 1, and where a record stands. */
final class CsvText {
  private static final String DELIMITERS = ",;\t|";
  private static final int SHORT = 40;

  private CsvText() {}

  /** The most frequent of , ; tab and | outside quotes; a comma when there is none. */
  static String guessDelimiter(String header) {
    char best = ',';
    int most = 0;
    for (char candidate : DELIMITERS.toCharArray()) {
      int count = 0;
      boolean quoted = false;
      for (char c : header.toCharArray()) {
        if (c == '"') {
          quoted = !quoted;
        } else if (c == candidate && !quoted) {
          count++;
        }
      }
      if (count > most) {
        most = count;
        best = candidate;
      }
    }
    return String.valueOf(best);
  }

  /** The fields of a line, or null when a quote does not end. */
  static List<String> fields(String line, char delimiter) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == delimiter) {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c != '\r') {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return quoted ? null : fields;
  }

  /**
   * The line, from 1, on which a record starts; the header is record 0. Quoted line ends and blank lines are counted.
   * For a file that cannot be read here (zstd) the answer holds when it has neither.
   */
  static long lineOfRecord(Path file, long record) {
    if (!readable(file)) {
      return record + 1;
    }
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream in =
            file.toString().endsWith(".gz")
                ? new BufferedInputStream(new GZIPInputStream(raw), 1 << 16)
                : raw) {
      long line = 1;
      long records = 0;
      boolean quoted = false;
      boolean blank = true;
      int previous = -1;
      for (int c = in.read(); c >= 0; c = in.read()) {
        boolean ends = c == '\r' || c == '\n' && previous != '\r';
        if (ends && !quoted) {
          if (!blank) {
            records++;
          }
          line++;
          blank = true;
        } else if (ends) {
          line++;
        } else if (c != '\n') {
          if (blank && records == record) {
            return line;
          }
          blank = false;
          if (c == '"') {
            quoted = !quoted;
          }
        }
        previous = c;
      }
      return line;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether Java can unpack a file, as it cannot zstd. */
  static boolean readable(Path file) {
    return !file.toString().endsWith(".zst");
  }

  static String shortened(String value) {
    return value.length() <= SHORT ? value : value.substring(0, SHORT) + "…";
  }
}
