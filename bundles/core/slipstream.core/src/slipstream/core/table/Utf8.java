package slipstream.core.table;

import java.nio.charset.StandardCharsets;

/** Text that survives a file: half a surrogate pair has no UTF-8 and would read back as another text. */
final class Utf8 {
  private Utf8() {}

  /** The text as it reads back from UTF-8: itself, unless it holds half a surrogate pair. */
  static String sound(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }
}
