package slipstream.experiment;

import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;

/**
 * An experiment and where each of its keys stands.
 *
 * @param places by dotted key, such as {@code models.trees.depth} or {@code prepare[0].interval}: file, line and column
 *     of the key, or of the item for a list
 * @param valuePlaces by the same keys: where the text of a one-line value starts, quotes left out
 */
public record ParsedExperiment(
    Experiment experiment, String file, Map<String, Place> places, Map<String, Place> valuePlaces) {

  /**
   * The same error with file, line and column, found by its key.
   *
   * <p>A key that is not in the file (a parameter that is missing or left at its default) is placed at the nearest key
   * around it. A column of the error counts within the value, such as an expression, and is added to the value's own.
   */
  public SlipstreamException locate(SlipstreamException error) {
    return locate(error, file, places, valuePlaces);
  }

  static SlipstreamException locate(
      SlipstreamException error,
      String file,
      Map<String, Place> places,
      Map<String, Place> valuePlaces) {
    Place place = error.place().orElse(Place.file(""));
    boolean elsewhere = !place.file().isEmpty() && !place.file().equals(file);
    if (elsewhere || place.line() > 0 && !place.file().isEmpty()) {
      return error;
    }
    for (String key = place.key(); !key.isEmpty(); key = parent(key)) {
      Place known = places.get(key);
      if (known == null) {
        continue;
      }
      Place value = valuePlaces.get(key);
      if (key.equals(place.key()) && place.column() > 0 && place.line() <= 1 && value != null) {
        known = new Place(file, value.line(), value.column() + place.column() - 1, place.key());
      }
      return error.at(new Place(file, known.line(), known.column(), place.key()));
    }
    return error.at(new Place(file, 0, 0, place.key()));
  }

  private static String parent(String key) {
    return key.substring(0, Math.max(0, Math.max(key.lastIndexOf('.'), key.lastIndexOf('['))));
  }
}
