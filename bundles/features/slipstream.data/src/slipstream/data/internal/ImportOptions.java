package slipstream.data.internal;

import java.util.List;
import java.util.Map;
import slipstream.data.EpochUnit;

/** What the importers have in common; the parameters' help describes each. */
public record ImportOptions(
    String path,
    List<String> also,
    String instrumentFromFile,
    String sql,
    String time,
    String timeOfDay,
    EpochUnit timeUnit,
    String timeZone,
    String timeFormat,
    List<String> instrument,
    String instrumentValue,
    Map<String, String> columns,
    String where,
    Map<String, String> units) {
  boolean hasSql() {
    return !sql.isBlank();
  }
}
