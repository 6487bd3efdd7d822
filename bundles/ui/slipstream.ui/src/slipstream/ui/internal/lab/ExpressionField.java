package slipstream.ui.internal.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.beans.binding.Bindings;
import javafx.beans.property.StringProperty;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import org.fxmisc.richtext.CodeArea;
import org.fxmisc.richtext.model.StyleSpans;
import org.fxmisc.richtext.model.StyleSpansBuilder;
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.ui.internal.Completion;

/** A field for an expression: coloured, with completion, and with a mark under what is wrong. */
final class ExpressionField extends StackPane {
  private static final Pattern TOKENS =
      Pattern.compile(
          "(?<string>\"[^\"]*\"?|'[^']*'?)"
              + "|(?<number>(?<![A-Za-z0-9_])\\d[\\d]*(?:\\.\\d+)?(?:[eE][-+]?\\d+)?(?:ns|us|ms|s|min|m|h|d)?(?![A-Za-z0-9_]))"
              + "|(?<word>(?<![A-Za-z0-9_])(?:and|or|not|nan)(?![A-Za-z0-9_]))"
              + "|(?<function>[A-Za-z_][A-Za-z0-9_]*(?=\\s*\\())"
              + "|(?<key>`[^`]*`?|[A-Za-z_][A-Za-z0-9_]*)");
  private static final List<String> GROUPS = List.of("string", "number", "word", "function", "key");

  private final CodeArea area = new CodeArea();
  private final Completion completion;
  private ExpressionProblem problem;
  private boolean fromModel;

  ExpressionField(
      String id,
      String prompt,
      StringProperty text,
      Supplier<List<Completion.Item>> names,
      Supplier<List<ExpressionFunction>> functions) {
    area.setId(id);
    area.setWrapText(true);
    area.getStyleClass().addAll("yaml-editor", "expression-area");
    getStyleClass().add("expression-field");
    Label hint = new Label(prompt);
    hint.getStyleClass().add("expression-prompt");
    hint.setMouseTransparent(true);
    hint.visibleProperty()
        .bind(Bindings.createBooleanBinding(() -> area.getText().isEmpty(), area.textProperty()));
    setAlignment(hint, Pos.CENTER_LEFT);
    getChildren().addAll(area, hint);
    completion =
        new Completion(
            area,
            area::getText,
            area::getCaretPosition,
            prefix -> items(names.get(), functions.get()),
            (range, insert) -> {
              area.replaceText(range[0], range[1], insert);
              area.moveTo(range[0] + insert.length() - (insert.endsWith("()") ? 1 : 0));
            },
            () -> area.getCaretBounds().orElse(null));
    area.textProperty()
        .addListener(
            (property, old, now) -> {
              colour();
              if (!fromModel) {
                text.set(now);
                javafx.application.Platform.runLater(completion::typed);
              }
            });
    text.subscribe(
        now -> {
          if (!area.getText().equals(now)) {
            fromModel = true;
            area.replaceText(now);
            fromModel = false;
          }
        });
    // Tab leaves the field, as in any other.
    area.addEventHandler(
        javafx.scene.input.KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == javafx.scene.input.KeyCode.TAB) {
            area.fireEvent(event.copyFor(this, this));
          }
        });
    area.focusedProperty()
        .subscribe(
            focused ->
                pseudoClassStateChanged(
                    javafx.css.PseudoClass.getPseudoClass("focused-within"), focused));
  }

  CodeArea area() {
    return area;
  }

  private static List<Completion.Item> items(
      List<Completion.Item> names, List<ExpressionFunction> functions) {
    List<Completion.Item> items = new ArrayList<>(names);
    for (ExpressionFunction function : functions) {
      items.add(
          new Completion.Item(
              function.getName() + "()", function.getUsage(), function.getSummary()));
    }
    return items;
  }

  /** Marks what is wrong; null for nothing. */
  void mark(ExpressionProblem newProblem) {
    problem = newProblem;
    colour();
  }

  private void colour() {
    String text = area.getText();
    if (text.isEmpty()) {
      return;
    }
    StyleSpansBuilder<Collection<String>> spans = new StyleSpansBuilder<>();
    Matcher matcher = TOKENS.matcher(text);
    int end = 0;
    while (matcher.find()) {
      spans.add(List.of(), matcher.start() - end);
      spans.add(List.of(style(matcher)), matcher.end() - matcher.start());
      end = matcher.end();
    }
    spans.add(List.of(), text.length() - end);
    StyleSpans<Collection<String>> colours = spans.create();
    if (problem != null) {
      int from = Math.clamp(problem.getFrom(), 0, text.length() - 1);
      int to = Math.clamp(problem.getTo(), from + 1, text.length());
      StyleSpansBuilder<Collection<String>> wrong = new StyleSpansBuilder<>();
      wrong.add(List.of(), from);
      wrong.add(List.of("wrong"), to - from);
      wrong.add(List.of(), text.length() - to);
      colours =
          colours.overlay(
              wrong.create(),
              (a, b) -> {
                List<String> both = new ArrayList<>(a);
                both.addAll(b);
                return both;
              });
    }
    area.setStyleSpans(0, colours);
  }

  private static String style(Matcher matcher) {
    for (String group : GROUPS) {
      if (matcher.group(group) != null) {
        return "yaml-" + group;
      }
    }
    throw new IllegalStateException();
  }
}
