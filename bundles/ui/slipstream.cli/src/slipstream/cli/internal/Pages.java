package slipstream.cli.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Lists that the services give page by page. */
public final class Pages {
  /** Rows of a page. */
  public static final int SIZE = 1000;

  private Pages() {}

  /**
   * All rows.
   *
   * @param page gives the page of a token, the first for an empty one
   * @param rows of a page
   * @param next the token of the page after it; empty after the last
   */
  public static <R, T> List<T> all(
      Function<String, R> page, Function<R, List<T>> rows, Function<R, String> next) {
    List<T> all = new ArrayList<>();
    String token = "";
    do {
      R response = page.apply(token);
      all.addAll(rows.apply(response));
      token = next.apply(response);
    } while (!token.isEmpty());
    return all;
  }
}
