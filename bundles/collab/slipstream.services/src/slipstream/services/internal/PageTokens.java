package slipstream.services.internal;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/** Page sizes and tokens. A token holds where a list goes on and for which question it was given. */
final class PageTokens {
  private static final int DEFAULT = 100;
  private static final int MAX = 1000;

  private PageTokens() {}

  static int size(int asked) {
    if (asked < 0) {
      throw SlipstreamException.invalid(
          "a page of " + asked + " entries is not possible",
          Place.key("page_size"),
          "Give 1 to " + MAX + ", or 0 for " + DEFAULT + ".");
    }
    return asked == 0 ? DEFAULT : Math.min(asked, MAX);
  }

  /** The token after a row; empty for 0. */
  static String encode(String question, long last) {
    return last == 0
        ? ""
        : Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString((last + " " + question).getBytes(StandardCharsets.UTF_8));
  }

  /** Where to go on; 0 for an empty token. */
  static long decode(String question, String token) {
    if (token.isEmpty()) {
      return 0;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      int space = text.indexOf(' ');
      if (space > 0 && text.substring(space + 1).equals(question)) {
        long last = Long.parseLong(text.substring(0, space));
        if (last > 0) {
          return last;
        }
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message for every bad token.
    }
    throw SlipstreamException.invalid(
        "this page token was not given for this list",
        Place.key("page_token"),
        "Begin without a token.");
  }
}
