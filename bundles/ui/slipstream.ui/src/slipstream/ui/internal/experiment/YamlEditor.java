package slipstream.ui.internal.experiment;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import javafx.beans.property.StringProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.text.Text;
import org.fxmisc.flowless.VirtualizedScrollPane;
import org.fxmisc.richtext.CodeArea;
import slipstream.proto.v1.Problem;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.workbench.Icons;

/** The text of an experiment with line numbers, colours and marks where something is wrong. */
final class YamlEditor extends StackPane {
  private static final int TAB = 2;

  private final CodeArea area = new CodeArea();
  private final Map<Integer, Problem> problems = new HashMap<>();
  private boolean fromModel;

  YamlEditor(StringProperty text) {
    area.getStyleClass().add("yaml-editor");
    area.setId("experiment-text");
    area.setAccessibleText("Experiment as YAML");
    area.setParagraphGraphicFactory(gutter());
    getChildren().add(new VirtualizedScrollPane<>(area));
    area.textProperty()
        .addListener(
            (property, old, now) -> {
              colour();
              if (!fromModel) {
                text.set(now);
              }
            });
    text.subscribe(this::take);
    area.addEventFilter(
        javafx.scene.input.KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == javafx.scene.input.KeyCode.TAB
              && !event.isShiftDown()
              && !event.isControlDown()) {
            // YAML forbids tab characters.
            area.replaceSelection(" ".repeat(TAB));
            event.consume();
          } else if (event.getCode() == javafx.scene.input.KeyCode.ENTER
              && !event.isControlDown()) {
            String line = area.getParagraph(area.getCurrentParagraph()).getText();
            String before = line.substring(0, Math.min(area.getCaretColumn(), line.length()));
            int indent = before.length() - before.stripLeading().length();
            if (before.stripTrailing().endsWith(":")) {
              indent += TAB;
            }
            area.replaceSelection("\n" + " ".repeat(indent));
            event.consume();
          }
        });
  }

  CodeArea area() {
    return area;
  }

  /** Takes the model's text over, changing only the part that differs so that the caret and undo survive. */
  private void take(String now) {
    String old = area.getText();
    if (old.equals(now)) {
      return;
    }
    int head = 0;
    int most = Math.min(old.length(), now.length());
    while (head < most && old.charAt(head) == now.charAt(head)) {
      head++;
    }
    int tail = 0;
    while (tail < most - head
        && old.charAt(old.length() - 1 - tail) == now.charAt(now.length() - 1 - tail)) {
      tail++;
    }
    fromModel = true;
    try {
      boolean first = old.isEmpty();
      area.replaceText(head, old.length() - tail, now.substring(head, now.length() - tail));
      if (first) {
        area.moveTo(0);
        area.requestFollowCaret();
        area.getUndoManager().forgetHistory();
      }
    } finally {
      fromModel = false;
    }
  }

  private void colour() {
    String text = area.getText();
    if (!text.isEmpty()) {
      area.setStyleSpans(0, YamlHighlighter.spans(text));
    }
  }

  /** Marks the lines on which something is wrong. */
  void mark(List<Problem> found) {
    problems.clear();
    for (Problem problem : found) {
      if (problem.getLine() > 0) {
        problems.putIfAbsent(problem.getLine() - 1, problem);
      }
    }
    for (int i = 0; i < area.getParagraphs().size(); i++) {
      Collection<String> style = problems.containsKey(i) ? List.of("problem-line") : List.of();
      if (!area.getParagraph(i).getParagraphStyle().equals(style)) {
        area.setParagraphStyle(i, style);
      }
    }
    area.setParagraphGraphicFactory(gutter());
  }

  /** Shows a line, from 1, and puts the caret there. */
  void reveal(int line) {
    if (line > 0 && line <= area.getParagraphs().size()) {
      area.moveTo(line - 1, 0);
      area.requestFollowCaret();
      area.selectLine();
    }
  }

  private IntFunction<Node> gutter() {
    return index -> {
      Label number = new Label(Integer.toString(index + 1));
      number.getStyleClass().add("line-number");
      StackPane sign = new StackPane();
      sign.setMinSize(16, 16);
      sign.setPrefSize(16, 16);
      Problem problem = problems.get(index);
      if (problem != null) {
        Text icon = Icons.of("fth-alert-circle", 12);
        icon.getStyleClass().add("severity-error");
        sign.getChildren().add(icon);
        Tooltip.install(sign, new Tooltip(Failures.line(problem)));
      }
      HBox box = new HBox(sign, number);
      box.setAlignment(Pos.CENTER_RIGHT);
      box.getStyleClass().add("gutter");
      return box;
    };
  }
}
