package slipstream.core.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;

/**
 * How a table grew out of an earlier one: every partition of the earlier table is the beginning of a partition of this
 * one, row for row, and what follows is new. So whatever was computed for the earlier rows from their own instrument, and
 * looks back only, holds. What was computed across instruments does not: the new rows may lie at times that other
 * instruments' earlier rows have.
 *
 * @param previous content hash of the earlier table
 * @param partitions of this table, in its order
 */
public record Lineage(String previous, List<Extension> partitions) {
  private static final String HEADER = "slipstream lineage 1";

  public Lineage {
    partitions = List.copyOf(partitions);
  }

  /**
   * One partition.
   *
   * @param previousRows how many of its first rows the earlier table has; 0 for a new instrument
   * @param rows how many it has now
   */
  public record Extension(String instrument, long previousRows, long rows) {
    public Extension {
      if (previousRows < 0 || rows < previousRows) {
        throw new IllegalArgumentException("a partition does not shrink");
      }
    }
  }

  /** Rows that the earlier table does not have. */
  public long newRows() {
    return partitions.stream().mapToLong(each -> each.rows - each.previousRows).sum();
  }

  /** The file's text: {@code docs/formats/table.md}. */
  byte[] encode() {
    StringBuilder text = new StringBuilder(HEADER).append('\n').append(previous).append('\n');
    for (Extension each : partitions) {
      text.append(each.previousRows).append('\t').append(each.rows).append('\t');
      text.append(escape(each.instrument)).append('\n');
    }
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    return (text + Hashing.sha256(body) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static Lineage decode(byte[] bytes, String file) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.length() - 65; // hash and line end
    try {
      if (end > 0
          && Hashing.sha256(text.substring(0, end).getBytes(StandardCharsets.UTF_8))
              .equals(text.substring(end).strip())) {
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.getFirst().equals(HEADER)) {
          List<Extension> partitions = new ArrayList<>();
          for (String line : lines.subList(2, lines.size())) {
            String[] words = line.split("\t", 3);
            partitions.add(
                new Extension(
                    unescape(words[2]), Long.parseLong(words[0]), Long.parseLong(words[1])));
          }
          return new Lineage(lines.get(1), partitions);
        }
      }
    } catch (RuntimeException e) {
      throw damaged(file);
    }
    throw damaged(file);
  }

  private static SlipstreamException damaged(String file) {
    return SlipstreamException.corrupt(
        "lineage file " + file + " is damaged or of a newer version",
        "Earlier versions of the dataset cannot be opened; import it again.");
  }

  private static String escape(String name) {
    return name.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescape(String text) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        c =
            switch (text.charAt(++i)) {
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> '\\';
            };
      }
      name.append(c);
    }
    return name.toString();
  }
}
