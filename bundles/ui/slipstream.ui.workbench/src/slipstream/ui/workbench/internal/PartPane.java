package slipstream.ui.workbench.internal;

import javafx.scene.Node;
import javafx.scene.layout.BorderPane;

/** What a tab shows: the part's tool bar, if any, above the part's own content. */
final class PartPane extends BorderPane {
  private BorderPane content;

  PartPane() {
    getStyleClass().add("part");
  }

  /** A fresh pane for the part's object to fill. */
  BorderPane open(Node toolBar) {
    content = new BorderPane();
    content.getStyleClass().add("part-content");
    setTop(toolBar);
    setCenter(content);
    return content;
  }

  boolean isOpen() {
    return content != null;
  }

  void close() {
    content = null;
    setTop(null);
    setCenter(null);
  }
}
