package slipstream.ui.workbench.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javafx.collections.ObservableMap;
import javafx.scene.Scene;
import javafx.scene.input.KeyCharacterCombination;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import org.eclipse.core.commands.ParameterizedCommand;
import org.eclipse.e4.core.commands.ECommandService;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.commands.MBindingContext;
import org.eclipse.e4.ui.model.application.commands.MBindingTable;
import org.eclipse.e4.ui.model.application.commands.MCommand;
import org.eclipse.e4.ui.model.application.commands.MKeyBinding;
import org.eclipse.e4.ui.model.application.commands.MParameter;

/**
 * Turns the model's binding tables into JavaFX accelerators. A sequence is one stroke, in Eclipse's notation ({@code
 * M1+SHIFT+S}; M1 is Ctrl, or Command on a Mac).
 */
final class KeyBindings {
  private static final Set<String> EVERYWHERE =
      Set.of("org.eclipse.ui.contexts.dialogAndWindow", "org.eclipse.ui.contexts.window");

  /** What a key does and where. */
  private record Binding(ParameterizedCommand command, String contextId) {}

  /** Runs a command. */
  interface Runner {
    void run(ParameterizedCommand command);
  }

  private final Map<KeyCombination, List<Binding>> bindings = new LinkedHashMap<>();
  private final Map<String, KeyCombination> byCommand = new HashMap<>();

  KeyBindings(MApplication application, ECommandService commands) {
    for (MBindingTable table : application.getBindingTables()) {
      MBindingContext context = table.getBindingContext();
      String contextId = context == null ? null : context.getElementId();
      for (MKeyBinding key : table.getBindings()) {
        KeyCombination combination = parse(key.getKeySequence());
        ParameterizedCommand command = command(commands, key.getCommand(), key.getParameters());
        if (combination != null && command != null) {
          bindings
              .computeIfAbsent(combination, c -> new java.util.ArrayList<>())
              .add(new Binding(command, contextId));
          if (key.getParameters().isEmpty()) {
            byCommand.putIfAbsent(command.getId(), combination);
          }
        }
      }
    }
  }

  /** The model's command with its parameters, or {@code null} when it is not defined. */
  static ParameterizedCommand command(
      ECommandService commands, MCommand command, List<MParameter> parameters) {
    if (command == null || command.getElementId() == null) {
      return null;
    }
    Map<String, Object> values = new HashMap<>();
    for (MParameter parameter : parameters) {
      values.put(parameter.getName(), parameter.getValue());
    }
    return commands.createCommand(command.getElementId(), values);
  }

  /** The key shown beside a command in menus, or {@code null}. */
  KeyCombination keyOf(String commandId) {
    return byCommand.get(commandId);
  }

  /**
   * Adds the accelerators to a scene.
   *
   * @param activeContexts the binding contexts of the active part
   */
  void install(
      Scene scene, java.util.function.Supplier<Collection<String>> activeContexts, Runner runner) {
    ObservableMap<KeyCombination, Runnable> accelerators = scene.getAccelerators();
    bindings.forEach(
        (key, candidates) ->
            accelerators.put(
                key,
                () -> {
                  Collection<String> active = activeContexts.get();
                  candidates.stream()
                      // The part's own binding goes before the window's.
                      .sorted((a, b) -> Boolean.compare(everywhere(a), everywhere(b)))
                      .filter(b -> everywhere(b) || active.contains(b.contextId()))
                      .findFirst()
                      .ifPresent(b -> runner.run(b.command()));
                }));
  }

  private static boolean everywhere(Binding binding) {
    return binding.contextId() == null || EVERYWHERE.contains(binding.contextId());
  }

  /** A stroke in Eclipse's notation; {@code null} when it is no single stroke. */
  static KeyCombination parse(String sequence) {
    if (sequence == null || sequence.isBlank() || sequence.strip().contains(" ")) {
      return null;
    }
    java.util.ArrayList<KeyCombination.Modifier> modifiers = new java.util.ArrayList<>();
    KeyCode code = null;
    String character = null;
    for (String token : sequence.strip().toUpperCase(Locale.ROOT).split("\\+")) {
      switch (token) {
        case "M1" -> modifiers.add(KeyCombination.SHORTCUT_DOWN);
        case "CTRL", "M4" -> modifiers.add(KeyCombination.CONTROL_DOWN);
        case "M2", "SHIFT" -> modifiers.add(KeyCombination.SHIFT_DOWN);
        case "M3", "ALT" -> modifiers.add(KeyCombination.ALT_DOWN);
        case "ESC" -> code = KeyCode.ESCAPE;
        case "CR" -> code = KeyCode.ENTER;
        case "DEL" -> code = KeyCode.DELETE;
        case "ARROW_UP" -> code = KeyCode.UP;
        case "ARROW_DOWN" -> code = KeyCode.DOWN;
        case "ARROW_LEFT" -> code = KeyCode.LEFT;
        case "ARROW_RIGHT" -> code = KeyCode.RIGHT;
        default -> {
          if (token.length() == 1 && Character.isDigit(token.charAt(0))) {
            code = KeyCode.valueOf("DIGIT" + token);
          } else {
            try {
              code = KeyCode.valueOf(token);
            } catch (IllegalArgumentException notANamedKey) {
              character = token;
            }
          }
        }
      }
    }
    KeyCombination.Modifier[] array = modifiers.toArray(KeyCombination.Modifier[]::new);
    if (code != null) {
      return new KeyCodeCombination(code, array);
    }
    return character == null || character.length() != 1
        ? null
        : new KeyCharacterCombination(character, array);
  }
}
