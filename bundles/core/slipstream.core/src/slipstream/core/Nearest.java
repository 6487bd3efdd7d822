package slipstream.core;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a user most likely meant. */
public final class Nearest {
  private static final int MAX_LENGTH = 64;

  private Nearest() {}

  /**
   * The known word closest to the given one, when it is close enough to be a slip of the pen.
   *
   * <p>Closeness is the optimal string alignment distance (insert, delete, replace, swap neighbours) without regard to
   * case; at most a third of the word's length, and at least one. Of equally close words the first wins.
   */
  public static Optional<String> find(String word, Collection<String> known) {
    String wanted = normal(word);
    if (wanted.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Math.max(1, wanted.length() / 3) + 1;
    for (String each : known) {
      if (each.length() > MAX_LENGTH) {
        continue;
      }
      int distance = distance(wanted, normal(each));
      if (distance < bestDistance) {
        best = each;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * The remedy for an unknown word: the nearest known one, then all of them.
   *
   * @param known in the order to show them
   */
  public static String remedy(String word, Collection<String> known) {
    String all = known.isEmpty() ? "" : "Known: " + String.join(", ", known) + ".";
    return find(word, known).map(near -> "Did you mean '" + near + "'? " + all).orElse(all).strip();
  }

  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
