package slipstream.ui.workbench.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import org.junit.jupiter.api.Test;

/** Eclipse's notation of keys. */
final class KeyBindingsTest {
  @Test
  void aStrokeIsACombination() {
    assertEquals(
        new KeyCodeCombination(KeyCode.S, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN),
        KeyBindings.parse("M1+M2+S"));
    assertEquals(
        new KeyCodeCombination(KeyCode.DIGIT3, KeyCombination.SHORTCUT_DOWN),
        KeyBindings.parse("M1+3"));
    assertEquals(new KeyCodeCombination(KeyCode.F5), KeyBindings.parse("F5"));
    assertEquals(
        new KeyCodeCombination(KeyCode.DELETE, KeyCombination.ALT_DOWN),
        KeyBindings.parse("ALT+DEL"));
  }

  @Test
  void whatIsNoSingleStrokeIsLeftOut() {
    assertNull(KeyBindings.parse("M1+K M1+S"));
    assertNull(KeyBindings.parse(""));
    assertNull(KeyBindings.parse(null));
  }
}
