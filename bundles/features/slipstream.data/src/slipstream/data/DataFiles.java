package slipstream.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What kind of data a file holds. */
public final class DataFiles {
  private DataFiles() {}

  /**
   * The name of the importer for a file or pattern: by its extension, else by its first bytes.
   *
   * @param path as an importer takes it
   * @param base relative paths start here
   */
  public static String importer(String path, Path base) {
    String name = path.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
    if (name.matches(".*\\.(parquet|pq)")) {
      return "parquet";
    } else if (name.matches(".*\\.(jsonl|ndjson|json)")) {
      return "jsonl";
    } else if (name.matches(".*\\.(csv|tsv|txt)")) {
      return "csv";
    }
    try (InputStream in = Files.newInputStream(base.resolve(path))) {
      String head = new String(in.readNBytes(64), StandardCharsets.ISO_8859_1).strip();
      return head.startsWith("PAR1") ? "parquet" : head.startsWith("{") ? "jsonl" : "csv";
    } catch (IOException | RuntimeException e) {
      return "csv"; // the importer says what is wrong with the path
    }
  }
}
