package slipstream.ui.internal;

import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.stage.Popup;

/**
 * Offers words that fit what is being typed: up and down choose, Enter or Tab takes, Escape closes, Ctrl+Space asks. UI
 * thread only.
 */
public final class Completion {
  private static final int MOST = 200;
  private static final int SHOWN = 9;
  private static final double ROW = 26;

  /**
   * A word on offer.
   *
   * @param insert replaces what was typed; the caret goes before a closing bracket at its end
   * @param label what is listed
   * @param detail what it is, in a few words
   */
  public record Item(String insert, String label, String detail) {}

  private final Node owner;
  private final Supplier<String> text;
  private final IntSupplier caret;
  private final Function<String, List<Item>> items;
  private final BiConsumer<int[], String> replace;
  private final Supplier<Bounds> place;
  private final Popup popup = new Popup();
  private final ListView<Item> list = new ListView<>();
  private boolean taking;

  /**
   * @param items all that fit a prefix, best first
   * @param replace replaces the characters [from, to) of the text
   * @param place where the popup goes, in the screen's coordinates: below these bounds
   */
  public Completion(
      Node owner,
      Supplier<String> text,
      IntSupplier caret,
      Function<String, List<Item>> items,
      BiConsumer<int[], String> replace,
      Supplier<Bounds> place) {
    this.owner = owner;
    this.text = text;
    this.caret = caret;
    this.items = items;
    this.replace = replace;
    this.place = place;
    list.setId("completion");
    list.getStyleClass().add("completion");
    list.setFixedCellSize(ROW);
    list.setPrefWidth(380);
    list.setFocusTraversable(false);
    list.setCellFactory(
        view ->
            new ListCell<>() {
              @Override
              protected void updateItem(Item item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty ? null : item.label() + "   ");
                javafx.scene.control.Label detail =
                    empty ? null : new javafx.scene.control.Label(item.detail());
                if (detail != null) {
                  detail.getStyleClass().add("detail");
                }
                setGraphic(detail);
                setContentDisplay(javafx.scene.control.ContentDisplay.RIGHT);
              }
            });
    list.setOnMouseClicked(event -> take());
    popup.getContent().add(list);
    popup.setAutoHide(true);
    owner.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    owner.focusedProperty().subscribe(focused -> hide(!focused));
  }

  private void hide(boolean now) {
    if (now) {
      popup.hide();
    }
  }

  private void pressed(KeyEvent event) {
    if (event.getCode() == KeyCode.SPACE && event.isControlDown()) {
      offer(true);
      event.consume();
    } else if (popup.isShowing()) {
      int at = list.getSelectionModel().getSelectedIndex();
      int last = list.getItems().size() - 1;
      switch (event.getCode()) {
        case DOWN -> select(Math.min(last, at + 1));
        case UP -> select(Math.max(0, at - 1));
        case ENTER, TAB -> take();
        case ESCAPE -> popup.hide();
        default -> {
          return;
        }
      }
      event.consume();
    }
  }

  private void select(int index) {
    list.getSelectionModel().select(index);
    list.scrollTo(Math.max(0, index - 3));
  }

  /** To be called after each change that a person made to the text. */
  public void typed() {
    if (!taking) {
      offer(false);
    }
  }

  private int wordStart() {
    String all = text.get();
    int at = Math.min(caret.getAsInt(), all.length());
    while (at > 0 && Character.isJavaIdentifierPart(all.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private void offer(boolean asked) {
    int from = wordStart();
    String all = text.get();
    String prefix = all.substring(from, Math.min(all.length(), Math.max(from, caret.getAsInt())));
    boolean word = !prefix.isEmpty() && !Character.isDigit(prefix.charAt(0));
    // Within a text in quotes nothing is a name.
    long quotes = all.substring(0, from).chars().filter(c -> c == '\'').count();
    if (owner.getScene() == null || !asked && !word || quotes % 2 == 1) {
      popup.hide();
      return;
    }
    String low = prefix.toLowerCase(Locale.ROOT);
    List<Item> fitting =
        items.apply(prefix).stream()
            .filter(each -> each.label().toLowerCase(Locale.ROOT).startsWith(low))
            .limit(MOST)
            .toList();
    boolean done = fitting.size() == 1 && fitting.getFirst().insert().equals(prefix);
    if (fitting.isEmpty() || done) {
      popup.hide();
      return;
    }
    list.getItems().setAll(fitting);
    list.setPrefHeight(ROW * Math.min(SHOWN, fitting.size()) + 4);
    list.getSelectionModel().select(0);
    list.scrollTo(0);
    Bounds below = place.get();
    if (below != null) {
      popup.show(owner, below.getMinX(), below.getMaxY() + 4);
    }
  }

  private void take() {
    Item item = list.getSelectionModel().getSelectedItem();
    popup.hide();
    if (item != null) {
      taking = true;
      try {
        replace.accept(new int[] {wordStart(), caret.getAsInt()}, item.insert());
      } finally {
        taking = false;
      }
    }
  }
}
