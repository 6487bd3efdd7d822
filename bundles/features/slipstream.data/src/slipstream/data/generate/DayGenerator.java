package slipstream.data.generate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Makes the rows of any trading day from the seed alone. Immutable and thread-safe. */
interface DayGenerator {
  /** Data columns, then truth columns. */
  List<GeneratedColumn> columns();

  Day day(int day);

  /** Rows of a day, about; for the progress and to size the calendar. */
  int rowsPerDay();

  /** Writes the fields of the truth file that are this generator's own. */
  void truth(JsonGenerator json) throws IOException;

  /**
   * @param defects what was made wrong in the rows, ascending by row
   */
  record Day(Block block, List<Defect> defects) {}

  /**
   * A defect that was put into the data.
   *
   * @param row in the block
   * @param kind {@code stale}, {@code crossed}, {@code times_ten}, {@code duplicate} or {@code null}
   */
  record Defect(int row, String kind) {}
}
