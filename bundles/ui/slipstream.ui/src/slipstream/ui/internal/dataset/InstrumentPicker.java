package slipstream.ui.internal.dataset;

import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Tooltip;
import javafx.util.StringConverter;
import slipstream.proto.v1.Instrument;
import slipstream.proto.v1.ListInstrumentsRequest;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** Chooses an instrument of a dataset: typing narrows the list down, which holds at most 1,000 of them. */
public final class InstrumentPicker extends ComboBox<String> {
  private static final String ALL = "All instruments";

  private final String dataset;
  private final Services services;
  private final TaskExecutor executor;
  private final boolean all;
  private final ObservableList<String> names = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper chosen = new ReadOnlyStringWrapper("");
  private BackgroundTask<?> asking;
  private boolean listing;

  /**
   * @param all whether all instruments may be chosen at once
   */
  public InstrumentPicker(String dataset, Services services, TaskExecutor executor, boolean all) {
    this.dataset = dataset;
    this.services = services;
    this.executor = executor;
    this.all = all;
    getStyleClass().add("instrument-picker");
    setId("instrument");
    setEditable(true);
    setItems(names);
    setVisibleRowCount(16);
    setPrefWidth(170);
    setMinWidth(120);
    setTooltip(new Tooltip("Whose rows; type to search"));
    setConverter(
        new StringConverter<>() {
          @Override
          public String toString(String name) {
            return name == null || name.isEmpty() ? (isAll() ? ALL : "") : name;
          }

          @Override
          public String fromString(String text) {
            return text == null || text.isBlank() || text.equals(ALL) ? "" : text.strip();
          }
        });
    setValue("");
    getEditor()
        .textProperty()
        .subscribe(
            (before, now) -> {
              if (getEditor().isFocused() && !listing && !now.equals(getValue())) {
                list(now.equals(ALL) ? "" : now);
              }
            });
    getEditor()
        .focusedProperty()
        .subscribe(
            focused -> {
              if (focused) {
                javafx.application.Platform.runLater(() -> getEditor().selectAll());
              }
            });
    valueProperty()
        .subscribe(
            value -> {
              String name = value == null ? "" : value;
              if (!listing && (name.isEmpty() && isAll() || names.contains(name))) {
                chosen.set(name);
              }
            });
    list("");
  }

  private boolean isAll() {
    return all;
  }

  /** The instrument; empty for all. */
  public ReadOnlyStringProperty chosenProperty() {
    return chosen.getReadOnlyProperty();
  }

  private void list(String contains) {
    if (asking != null) {
      asking.cancel();
    }
    ListInstrumentsRequest request =
        ListInstrumentsRequest.newBuilder().setName(dataset).setContains(contains).build();
    asking =
        BackgroundTask.of(() -> services.datasets().listInstruments(request))
            .onSuccess(
                response -> {
                  listing = true;
                  try {
                    String typed = getEditor().getText();
                    String value = getValue();
                    names.setAll(
                        response.getInstrumentsList().stream().map(Instrument::getName).toList());
                    if (all && contains.isEmpty()) {
                      names.addFirst("");
                    }
                    setValue(value);
                    getEditor().setText(typed);
                    getEditor().end();
                    if (response.getTotal() <= 1) {
                      setVisible(false);
                      setManaged(false);
                    }
                    setTooltip(
                        new Tooltip(
                            Formats.count(response.getTotal()) + " instruments; type to search"));
                  } finally {
                    listing = false;
                  }
                  if (!all && chosen.get().isEmpty() && !names.isEmpty()) {
                    setValue(names.getFirst());
                  }
                })
            .onFailure(failure -> setPromptText("Instruments cannot be listed"));
    asking.executeWith(executor);
  }
}
