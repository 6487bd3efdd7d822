package slipstream.ui.internal.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

final class LabTest {
  @Test
  void theFunctionAtTheCaretIsTheInnermost() {
    String text = "1 + mean(lag(close, 1), 20)";
    assertEquals("lag", LabViewModel.functionAt(text, text.indexOf("close") + 2));
    assertEquals("mean", LabViewModel.functionAt(text, text.indexOf("20")));
    assertEquals("mean", LabViewModel.functionAt(text, text.indexOf("mean") + 1));
    assertNull(LabViewModel.functionAt("1 + ", 4));
    assertEquals(1, LabViewModel.argumentAt(text, text.indexOf("20")));
    assertEquals(0, LabViewModel.argumentAt(text, text.indexOf("close")));
    assertEquals(-1, LabViewModel.argumentAt(text, 1));
  }

  @Test
  void namesAreMadeOfTheExpressionsWords() {
    assertEquals("mean_price_20", LabView.suggestedName("mean(price, 20)"));
    assertEquals("x_1e4_ret_close_1", LabView.suggestedName("1e4 * ret(close, 1)"));
  }
}
