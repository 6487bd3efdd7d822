package slipstream.core.table;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import slipstream.core.Nearest;
import slipstream.core.SlipstreamException;

/** The columns of a table, in order. Names are unique and case-sensitive. */
public record Schema(List<Field> fields) {
  public Schema {
    fields = List.copyOf(fields);
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (!names.add(field.name())) {
        throw SlipstreamException.invalid(
            "column '" + field.name() + "' occurs twice", "Rename one of the two.");
      }
    }
  }

  public static Schema of(Field... fields) {
    return new Schema(List.of(fields));
  }

  public int size() {
    return fields.size();
  }

  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** The position of a column, or -1. */
  public int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  public Optional<Field> find(String name) {
    int index = indexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(fields.get(index));
  }

  /**
   * The column of this name.
   *
   * @throws SlipstreamException NOT_FOUND, naming the columns there are
   */
  public Field field(String name) {
    return find(name).orElseThrow(() -> missing(name));
  }

  SlipstreamException missing(String name) {
    return SlipstreamException.notFound(
        "there is no column '" + name + "'", Nearest.remedy(name, names()));
  }
}
