package slipstream.ui.internal.experiment;

import java.util.List;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.ParameterType;

/** One value of the form: where it stands in the file, what it may be, and what is wrong with it. */
public final class FormField {
  private final List<Object> path;
  private final String label;
  private final Parameter parameter;
  private final StringProperty value = new SimpleStringProperty("");
  private final StringProperty error = new SimpleStringProperty("");

  FormField(List<?> path, String label, Parameter parameter) {
    this.path = List.copyOf(path);
    this.label = label;
    this.parameter = parameter;
  }

  /** A field that no plug-in describes. */
  static FormField text(List<?> path, String label, String help) {
    return new FormField(
        path,
        label,
        Parameter.newBuilder()
            .setName(label)
            .setType(ParameterType.PARAMETER_TYPE_TEXT)
            .setHelp(help)
            .build());
  }

  /** A field with a fixed choice. */
  static FormField choice(List<?> path, String label, String help, List<String> choices) {
    return new FormField(
        path,
        label,
        Parameter.newBuilder()
            .setName(label)
            .setType(ParameterType.PARAMETER_TYPE_CHOICE)
            .addAllChoices(choices)
            .setRequired(true)
            .setHelp(help)
            .build());
  }

  public List<Object> path() {
    return path;
  }

  /** The path as problems write it: {@code models.trees.depth}. */
  public String key() {
    return String.join(".", path.stream().map(String::valueOf).toList());
  }

  public String label() {
    return label;
  }

  /** Type, unit, range, default and help. */
  public Parameter parameter() {
    return parameter;
  }

  /** The value as it stands in the file; empty when the default is used. */
  public StringProperty valueProperty() {
    return value;
  }

  /** What is wrong with it; empty when nothing. */
  public StringProperty errorProperty() {
    return error;
  }
}
