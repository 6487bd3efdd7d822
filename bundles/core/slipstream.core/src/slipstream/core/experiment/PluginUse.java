package slipstream.core.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A plug-in's name and the parameters given to it; defaults are not filled in.
 *
 * @param parameters by name, in the order of the file: String, Number, Boolean, List or Map of these
 */
public record PluginUse(String plugin, Map<String, Object> parameters) {
  public PluginUse {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** The same plug-in with one parameter changed. */
  public PluginUse with(String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(parameters);
    changed.put(name, value);
    return new PluginUse(plugin, changed);
  }
}
