package slipstream.ui.internal.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import slipstream.proto.v1.PreviewColumn;

/** A column of the files, as it is and as the person wants it. */
public final class ImportColumn {
  /** What a column may become. */
  public static final List<String> TYPES =
      List.of("float64", "float32", "int64", "int32", "boolean", "timestamp", "string");

  private static final int SHOWN = 4;

  private final String source;
  private final boolean made;
  private final BooleanProperty kept = new SimpleBooleanProperty(true);
  private final StringProperty name = new SimpleStringProperty("");
  private final StringProperty type = new SimpleStringProperty("");
  private final ReadOnlyStringWrapper sourceType = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper values = new ReadOnlyStringWrapper("");
  private final ReadOnlyLongWrapper nulls = new ReadOnlyLongWrapper();
  private String inferred = "";

  /**
   * @param made whether the import makes it of several columns, so that there is nothing to choose
   */
  ImportColumn(String source, boolean made) {
    this.source = source;
    this.made = made;
    name.set(source);
  }

  /** Whether it is made of several columns: time of a date and a time of day, an instrument of its parts. */
  public boolean made() {
    return made;
  }

  public String source() {
    return source;
  }

  /** Whether it is imported. */
  public BooleanProperty keptProperty() {
    return kept;
  }

  /** What it will be called. */
  public StringProperty nameProperty() {
    return name;
  }

  /** What it will be, one of {@link #TYPES}: what was inferred until the person chooses. */
  public StringProperty typeProperty() {
    return type;
  }

  /** How the files call its type. */
  public ReadOnlyStringProperty sourceTypeProperty() {
    return sourceType.getReadOnlyProperty();
  }

  /** The first few values. */
  public ReadOnlyStringProperty valuesProperty() {
    return values.getReadOnlyProperty();
  }

  /** Among the rows that were looked at. */
  public ReadOnlyLongProperty nullsProperty() {
    return nulls.getReadOnlyProperty();
  }

  /** Takes over what a preview says, but for what the person chose. */
  void show(PreviewColumn column) {
    sourceType.set(column.getSourceType().toLowerCase(Locale.ROOT));
    nulls.set(column.getNulls());
    List<String> shown = new ArrayList<>();
    column.getValues().getValuesList().stream()
        .limit(SHOWN)
        .forEach(
            value ->
                shown.add(
                    value.hasNullValue() ? "–" : value.getStringValue().replaceAll("\\s+", " ")));
    values.set(String.join("   ", shown));
    if (made) {
      name.set(column.getColumn().getName());
    }
    if (column.getKept() && !typeChosen()) {
      inferred = column.getColumn().getType().toLowerCase(Locale.ROOT);
      type.set(inferred);
    }
  }

  private boolean typeChosen() {
    return type.get() != null && !type.get().equals(inferred);
  }

  /** What the importer's parameter {@code columns} says of it; empty when nothing. */
  String change() {
    if (made) {
      return "";
    }
    if (!kept.get()) {
      return "-";
    }
    String newName = name.get().strip();
    List<String> words = new ArrayList<>();
    if (!newName.isEmpty() && !newName.equals(source)) {
      words.add(newName.replaceAll("\\s+", "_"));
    }
    if (typeChosen()) {
      words.add(type.get());
    }
    return String.join(" ", words);
  }
}
