package slipstream.ui.internal.experiment;

import java.util.List;
import java.util.function.Consumer;
import javafx.collections.ListChangeListener;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Control;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.ParameterType;
import slipstream.proto.v1.PluginKind;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Icons;

/** Draws the form of an experiment: a section per group, a control per parameter by its type. */
final class FormPane extends ScrollPane {
  private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");

  private final ExperimentViewModel model;
  private final VBox page = new VBox(16);
  private final Consumer<FormField> reveal;

  /**
   * @param reveal shows a field's line in the text
   */
  FormPane(ExperimentViewModel model, Consumer<FormField> reveal) {
    this.model = model;
    this.reveal = reveal;
    page.getStyleClass().add("form");
    setContent(page);
    setFitToWidth(true);
    setId("experiment-form");
    getStyleClass().addAll("edge-to-edge", "form-scroll");
    setHbarPolicy(ScrollBarPolicy.NEVER);
    model.sections().addListener((ListChangeListener<FormSection>) change -> draw());
    model.pluginsProperty().subscribe(plugins -> draw());
    model.syntaxErrorProperty().subscribe(error -> page.setDisable(!error.isEmpty()));
    draw();
  }

  private void draw() {
    double at = getVvalue();
    page.getChildren().clear();
    for (FormSection section : model.sections()) {
      page.getChildren().add(section(section));
    }
    if (!model.sections().isEmpty()) {
      page.getChildren().add(addModel());
    }
    setVvalue(at);
  }

  private Node section(FormSection section) {
    Label title = new Label(section.title());
    title.getStyleClass().add("section-title");
    title.setMinWidth(Region.USE_PREF_SIZE);
    HBox head = new HBox(8, title);
    head.setAlignment(Pos.BASELINE_LEFT);
    if (!section.subtitle().isEmpty()) {
      Label subtitle = new Label(section.subtitle());
      subtitle.getStyleClass().add("muted");
      subtitle.setTooltip(new Tooltip(section.subtitle()));
      HBox.setHgrow(subtitle, Priority.ALWAYS);
      subtitle.setMaxWidth(Double.MAX_VALUE);
      subtitle.setMinWidth(0);
      head.getChildren().add(subtitle);
    } else {
      Region gap = new Region();
      HBox.setHgrow(gap, Priority.ALWAYS);
      head.getChildren().add(gap);
    }
    VBox box = new VBox(8, head);
    box.getStyleClass().add("form-section");
    switch (section.kind()) {
      case DEFINITIONS -> {
        Button add =
            small("fth-plus", "Add to " + section.title().toLowerCase(java.util.Locale.ROOT));
        add.setOnAction(
            event ->
                model.addDefinition(
                    section,
                    section.path().getFirst().equals("features") ? "feature" : "definition",
                    "0"));
        head.getChildren().add(add);
        for (FormField field : section.fields()) {
          box.getChildren().add(definition(section, field));
        }
      }
      case FIELDS, REMOVABLE -> {
        if (section.kind() == FormSection.Kind.REMOVABLE) {
          Button remove = small("fth-trash-2", "Remove " + section.title());
          remove.setOnAction(event -> model.remove(section.path()));
          head.getChildren().add(remove);
        }
        for (FormField field : section.fields()) {
          box.getChildren().add(field(field));
        }
      }
    }
    return box;
  }

  private static Button small(String icon, String tip) {
    Button button = new Button(null, Icons.of(icon, 14));
    button.getStyleClass().addAll("flat", "button-icon", "small");
    button.setTooltip(new Tooltip(tip));
    button.setAccessibleText(tip);
    button.setFocusTraversable(true);
    return button;
  }

  private Node definition(FormSection section, FormField field) {
    Label name = new Label(field.label());
    name.getStyleClass().addAll("mono", "definition-name");
    name.setMinWidth(120);
    name.setPrefWidth(120);
    name.setTooltip(
        new Tooltip(
            field.parameter().getHelp().isEmpty() ? field.label() : field.parameter().getHelp()));
    TextField expression = text(field);
    expression.getStyleClass().add("mono");
    HBox.setHgrow(expression, Priority.ALWAYS);
    Button remove = small("fth-x", "Remove " + field.label());
    remove.setOnAction(
        event -> model.remove(List.copyOf(field.path().subList(0, section.path().size() + 1))));
    HBox row = new HBox(8, name, expression);
    if (!field.parameter().getUnit().isEmpty()) {
      Label unit = new Label(field.parameter().getUnit());
      unit.getStyleClass().add("unit");
      row.getChildren().add(unit);
    }
    row.getChildren().add(remove);
    row.setAlignment(Pos.CENTER_LEFT);
    return withError(row, field);
  }

  private Node field(FormField field) {
    Label label = new Label(field.label().replace('_', ' '));
    label.getStyleClass().add("field-label");
    label.setMinWidth(120);
    label.setPrefWidth(120);
    label.setOnMouseClicked(event -> reveal.accept(field));
    Control control = control(field);
    label.setLabelFor(control);
    HBox row = new HBox(8, label, control);
    row.setAlignment(Pos.CENTER_LEFT);
    ParameterType type = field.parameter().getType();
    boolean wide =
        type == ParameterType.PARAMETER_TYPE_TEXT
            || type == ParameterType.PARAMETER_TYPE_TEXT_LIST
            || type == ParameterType.PARAMETER_TYPE_TEXT_MAP;
    if (wide) {
      HBox.setHgrow(control, Priority.ALWAYS);
      control.setMaxWidth(Double.MAX_VALUE);
    } else if (control instanceof TextField) {
      control.setMinWidth(110);
      control.setPrefWidth(110);
    } else {
      control.setMinWidth(Region.USE_PREF_SIZE);
    }
    if (!field.parameter().getUnit().isEmpty()) {
      Label unit = new Label(field.parameter().getUnit());
      unit.getStyleClass().add("unit");
      unit.setMinWidth(Region.USE_PREF_SIZE);
      row.getChildren().add(unit);
    }
    String help = help(field.parameter());
    if (!help.isEmpty()) {
      control.setTooltip(new Tooltip(help));
      if (!wide) {
        Label text = new Label(field.parameter().getHelp());
        text.getStyleClass().add("field-help");
        text.setMinWidth(0);
        HBox.setHgrow(text, Priority.ALWAYS);
        text.setMaxWidth(Double.MAX_VALUE);
        text.setTooltip(new Tooltip(help));
        row.getChildren().add(text);
      }
    }
    return withError(row, field);
  }

  /** Help with range and default, for the tooltip. */
  private static String help(Parameter parameter) {
    StringBuilder help = new StringBuilder(parameter.getHelp());
    if (ExperimentViewModel.isNumber(parameter.getType())
        && (Double.isFinite(parameter.getMin()) || Double.isFinite(parameter.getMax()))
        && parameter.getMin() < parameter.getMax()) {
      help.append(help.isEmpty() ? "" : "\n").append("From ");
      help.append(Double.isFinite(parameter.getMin()) ? number(parameter.getMin()) : "any value");
      help.append(" to ");
      help.append(Double.isFinite(parameter.getMax()) ? number(parameter.getMax()) : "any value");
    }
    if (!parameter.getDefaultValue().isEmpty()) {
      help.append(help.isEmpty() ? "" : "\n")
          .append("Default: ")
          .append(parameter.getDefaultValue());
    }
    return help.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Formats.count((long) value)
        : Double.toString(value);
  }

  private Node withError(HBox row, FormField field) {
    Label error = new Label();
    error.getStyleClass().add("field-error");
    error.setWrapText(true);
    error.textProperty().bind(field.errorProperty());
    error.visibleProperty().bind(field.errorProperty().isNotEmpty());
    error.managedProperty().bind(error.visibleProperty());
    VBox box = new VBox(2, row, error);
    field
        .errorProperty()
        .subscribe(
            text ->
                row.getChildren()
                    .forEach(
                        child -> {
                          if (child instanceof Control) {
                            child.pseudoClassStateChanged(INVALID, !text.isEmpty());
                          }
                        }));
    return box;
  }

  private Control control(FormField field) {
    return switch (field.parameter().getType()) {
      case PARAMETER_TYPE_BOOLEAN -> check(field);
      case PARAMETER_TYPE_CHOICE -> choice(field);
      default -> text(field);
    };
  }

  private TextField text(FormField field) {
    TextField control = new TextField();
    control.setId("field-" + field.key().replace('.', '-'));
    control.setPromptText(field.parameter().getDefaultValue());
    if (ExperimentViewModel.isNumber(field.parameter().getType())) {
      control.getStyleClass().add("number");
    }
    boolean numeric = ExperimentViewModel.isNumber(field.parameter().getType());
    control
        .focusedProperty()
        .subscribe(
            focused -> {
              if (!focused && !control.getText().equals(field.valueProperty().get())) {
                control.setText(field.valueProperty().get());
              }
            });
    field
        .valueProperty()
        .subscribe(
            value -> {
              // Not under the person's hands: what is being typed may be a number not yet finished.
              if (!control.getText().equals(value) && !(control.isFocused() && numeric)) {
                control.setText(value);
              }
            });
    control
        .textProperty()
        .addListener(
            (property, old, now) -> {
              if (!now.equals(field.valueProperty().get())) {
                model.set(field, now);
              }
            });
    return control;
  }

  private CheckBox check(FormField field) {
    CheckBox control = new CheckBox();
    boolean byDefault = Boolean.parseBoolean(field.parameter().getDefaultValue());
    field
        .valueProperty()
        .subscribe(
            value ->
                control.setSelected(value.isEmpty() ? byDefault : Boolean.parseBoolean(value)));
    control.setOnAction(event -> model.set(field, Boolean.toString(control.isSelected())));
    return control;
  }

  private ComboBox<String> choice(FormField field) {
    ComboBox<String> control = new ComboBox<>();
    control.getItems().setAll(field.parameter().getChoicesList());
    control.setPromptText(field.parameter().getDefaultValue());
    field
        .valueProperty()
        .subscribe(
            value -> {
              if (value.isEmpty()) {
                control.getSelectionModel().clearSelection();
              } else if (!value.equals(control.getValue())) {
                control.setValue(value);
              }
            });
    control.setOnAction(
        event -> {
          if (control.getValue() != null
              && !control.getValue().equals(field.valueProperty().get())) {
            model.set(field, control.getValue());
          }
        });
    return control;
  }

  private Node addModel() {
    MenuButton button = new MenuButton("Add model", Icons.of("fth-plus", 14));
    button.getStyleClass().add("flat");
    for (String trainer : model.pluginsProperty().get().names(PluginKind.PLUGIN_KIND_TRAINER)) {
      MenuItem item = new MenuItem(trainer);
      item.setMnemonicParsing(false);
      item.setOnAction(event -> model.addModel(trainer));
      button.getItems().add(item);
    }
    button.setDisable(button.getItems().isEmpty());
    return button;
  }
}
