package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

class RowFilesTest {
  private static final String[] PIECES = {
    "a", "\"", ",", "\n", "\r\n", ";", "ü", "株", "𝒳", " ", "'", "\\", "\t", "#", "null", "NaN", "x"
  };
  private static final long[] LONGS = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53, (1L << 53) + 1, 1_385_424_000
  };
  private static final double[] DOUBLES = {
    0,
    -0.0,
    1.5,
    -1e-300,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    0.1,
    1.0 / 3,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  /** A table of all types with values that are hard to write down. */
  private static Table random(long seed, int rows) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Column> columns = new ArrayList<>();
    // No null here: in CSV a line of nulls alone would be a blank line.
    columns.add(column("id", ColumnType.INT64, rows, 0, random));
    double nulls = random.nextInt(3) * 0.3;
    columns.add(column("whole \"n\"", ColumnType.INT64, rows, nulls, random));
    columns.add(column("fraction", ColumnType.FLOAT64, rows, nulls, random));
    columns.add(column("flag", ColumnType.BOOLEAN, rows, nulls, random));
    columns.add(column("when, exactly", ColumnType.TIMESTAMP, rows, nulls, random));
    columns.add(column("Текст", ColumnType.STRING, rows, nulls, random));
    return Table.of(columns, "", "");
  }

  private static Column column(
      String name, ColumnType type, int rows, double nulls, SplittableRandom random) {
    try (ColumnBuilder builder = ColumnBuilder.inMemory(new Field(name, type))) {
      for (int row = 0; row < rows; row++) {
        // The first row shows a CSV reader the type.
        if (row > 0 && random.nextDouble() < nulls) {
          builder.addNull();
          continue;
        }
        switch (type) {
          case FLOAT64 ->
              builder.addDouble(
                  row == 0
                      ? 0.5
                      : random.nextBoolean()
                          ? DOUBLES[random.nextInt(DOUBLES.length)]
                          : Double.longBitsToDouble(random.nextLong()));
          case BOOLEAN -> builder.addLong(random.nextInt(2));
          case TIMESTAMP -> builder.addLong(random.nextLong() / 2);
          case STRING -> builder.addString(row == 0 ? "text" : text(random));
          default -> builder.addLong(LONGS[random.nextInt(LONGS.length)]);
        }
      }
      return builder.build();
    }
  }

  private static String text(SplittableRandom random) {
    // CSV has one empty field for null and for no text, so every text has something in it.
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.append("z").toString();
  }

  private static void assertSame(Table expected, Table actual) {
    assertEquals(expected.schema().names(), actual.schema().names());
    assertEquals(expected.rows(), actual.rows());
    for (int i = 0; i < expected.columns().size(); i++) {
      Column left = expected.column(i);
      Column right = actual.column(i);
      assertEquals(left.type(), right.type(), left.name());
      for (long row = 0; row < expected.rows(); row++) {
        assertEquals(left.get(row), right.get(row), left.name() + " in row " + row);
      }
    }
  }

  private static void roundTrip(Table table, String extension) throws IOException {
    Path folder = Files.createTempDirectory("rows");
    try {
      Path file = folder.resolve("rows" + extension);
      RowFiles.write(file, table, Progress.NONE);
      assertSame(table, RowFiles.read(file, Progress.NONE));
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(1, files.count());
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  @Property(tries = 60)
  void anyTableSurvivesCsv(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int rows)
      throws IOException {
    roundTrip(random(seed, rows), seed % 3 == 0 ? ".csv.gz" : ".csv");
  }

  @Property(tries = 60)
  void anyTableSurvivesParquet(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int rows)
      throws IOException {
    roundTrip(random(seed, rows), ".parquet");
  }

  @Test
  void parquetKeepsEmptyText() throws IOException {
    roundTrip(Table.of(List.of(Column.of("s", "", null, "x")), "", ""), ".parquet");
  }

  @Test
  void failedWriteLeavesTheOldFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("out.csv"), "old");
    Progress cancelled =
        new Progress() {
          @Override
          public boolean cancelled() {
            return true;
          }
        };
    Table table = Table.of(List.of(Column.of("x", 1, 2)), "", "");
    assertThrows(SlipstreamException.class, () -> RowFiles.write(file, table, cancelled));
    assertEquals("old", Files.readString(file));
    assertTrue(Files.list(folder).allMatch(each -> each.equals(file)));
  }
}
