package slipstream.core.parameters;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Data beside the main ones, as a step of an experiment names them: {@code {importer: parquet, path: quotes.parquet,
 * time: time}}.
 *
 * @param importer name of the importer
 * @param parameters its parameters, as they stand in the file; defaults are not filled in
 */
public record DataSource(String importer, Map<String, Object> parameters) {
  /** The key that names the importer. */
  public static final String IMPORTER = "importer";

  public DataSource {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** As {@link ParameterForm#bind} reads it. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(IMPORTER, importer);
    values.putAll(parameters);
    return values;
  }
}
