package slipstream.data.internal;

import java.util.List;
import java.util.Map;
import slipstream.data.EpochUnit;

/** What the importers have in common; {@code CsvParameters} describes each. */
public record ImportOptions(
    String path,
    String time,
    String timeOfDay,
    EpochUnit timeUnit,
    String timeZone,
    String timeFormat,
    List<String> instrument,
    String instrumentValue,
    Map<String, String> columns,
    String where,
    Map<String, String> units) {}
