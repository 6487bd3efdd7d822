package slipstream.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The next day's volume of S&P 500 stocks from a 30-day mean of volume and a 30-day median of the close, as in {@code
 * examples/sp500-next-day-volume.slip.yaml}: real rows, of two features and heavy tails.
 */
final class DailyVolumes {
  static final String FILE = "sp500_daily_2013_2018.parquet";

  private static final String QUERY =
      """
      SELECT mean, median, next
      FROM (
        SELECT date, avg(volume) OVER w AS mean, median(close) OVER w AS median, count(*) OVER w AS days,
          lead(volume) OVER (PARTITION BY symbol ORDER BY date) AS next
        FROM '#file'
        WINDOW w AS (PARTITION BY symbol ORDER BY date ROWS 29 PRECEDING))
      WHERE days = 30 AND next IS NOT NULL
        AND (date >= (SELECT quantile_disc(date, 0.8) FROM '#file')) = #held
      ORDER BY ALL""";

  private DailyVolumes() {}

  /**
   * @param folder of the file
   * @param held the last fifth of the days, else the others
   */
  static Rows of(Path folder, boolean held) throws SQLException {
    Path file = folder.resolve(FILE);
    String query =
        QUERY
            .replace("#file", file.toString().replace("'", "''"))
            .replace("#held", Boolean.toString(held));
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      int count;
      try (ResultSet result = statement.executeQuery("SELECT count(*) FROM (" + query + ")")) {
        result.next();
        count = result.getInt(1);
      }
      float[][] columns = new float[2][count];
      float[] target = new float[count];
      try (ResultSet result = statement.executeQuery(query)) {
        for (int i = 0; result.next(); i++) {
          columns[0][i] = result.getFloat(1);
          columns[1][i] = result.getFloat(2);
          target[i] = result.getFloat(3);
        }
      }
      return new Rows(columns, target);
    }
  }
}
