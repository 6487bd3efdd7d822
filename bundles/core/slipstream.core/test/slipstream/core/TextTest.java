package slipstream.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void numbersLookTheSameInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      for (String language : new String[] {"ar-EG-u-nu-arab", "fa-IR", "de-DE", "en-US"}) {
        Locale.setDefault(Locale.forLanguageTag(language));
        assertEquals(
            "1,234,567 rows, 0.50, x12", Text.format("%,d rows, %.2f, x%d", 1234567, 0.5, 12));
      }
    } finally {
      Locale.setDefault(before);
    }
  }
}
