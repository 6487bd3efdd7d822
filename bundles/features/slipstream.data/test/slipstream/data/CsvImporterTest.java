package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Table;
import slipstream.data.health.Defect;
import slipstream.data.health.HealthCheck;
import slipstream.data.health.HealthOptions;

class CsvImporterTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() {
    imports = new Imports(folder);
  }

  private SlipstreamException fails(Object... parameters) throws IOException {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.csv(parameters).close());
    assertEquals(List.of(), imports.leftBehind());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
    return e;
  }

  private static long nanos(String instant) {
    Instant time = Instant.parse(instant);
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  @Test
  void infersTypesAndKeepsNulls() throws IOException {
    imports.write(
        "a.csv",
        """
        id,price,n,ok,when,code,text
        1,1.5,1,true,2013-10-07T09:30:00Z,007,"a,b"
        2,,2,FALSE,2013-10-07 09:30:00.123456789+02:00,010,"say ""hi\"""
        3,nan,,true,,123,
        4,-inf,4,,2013-10-08,9,"two
        lines"
        """);
    try (Table table = imports.csv("path", "a.csv")) {
      assertEquals(
          List.of(
              ColumnType.INT64,
              ColumnType.FLOAT64,
              ColumnType.INT64,
              ColumnType.BOOLEAN,
              ColumnType.TIMESTAMP,
              ColumnType.STRING,
              ColumnType.STRING),
          table.schema().fields().stream().map(each -> each.type()).toList());
      assertEquals(4, table.rows());
      assertNull(table.column("price").get(1));
      assertTrue(Double.isNaN((Double) table.column("price").get(2)));
      assertEquals(Double.NEGATIVE_INFINITY, table.column("price").get(3));
      assertNull(table.column("n").get(2));
      assertEquals(false, table.column("ok").get(1));
      assertNull(table.column("ok").get(3));
      assertEquals(nanos("2013-10-07T07:30:00.123456789Z"), table.column("when").get(1));
      assertNull(table.column("when").get(2));
      assertEquals("007", table.column("code").get(0));
      assertEquals("say \"hi\"", table.column("text").get(1));
      assertNull(table.column("text").get(2));
      assertEquals("two\nlines", table.column("text").get(3));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "s, 1385424000, 1385424000000000000",
    "ms, 1385424000123, 1385424000123000000",
    "us, 1385424000123456, 1385424000123456000",
    "ns, 1385424000123456789, 1385424000123456789",
    "auto, 1385424000, 1385424000000000000",
    "auto, 1385424000123, 1385424000123000000",
    "auto, 1385424000123456, 1385424000123456000",
    "auto, 1385424000123456789, 1385424000123456789",
    "s, 1385424000.123456789, 1385424000123456789",
  })
  void readsCountsOfTimeExactly(String unit, String value, long expected) throws IOException {
    imports.write("a.csv", "t,x\n" + value + ",1\n");
    try (Table table = imports.csv("path", "a.csv", "time", "t", "time_unit", unit)) {
      assertEquals(expected, table.time().getLong(0));
    }
  }

  @Test
  void refusesToGuessTheUnitOfMixedCounts() throws IOException {
    imports.write("a.csv", "t,x\n1385424000,1\n1385424000123,1\n");
    assertTrue(fails("path", "a.csv", "time", "t").getMessage().contains("time_unit"));
  }

  @Test
  void readsLocalTimesInTheirZone() throws IOException {
    imports.write(
        "a.csv",
        "t,x\n2013-10-07 09:30:00.000000001,1\n2013-12-07 09:30:00,2\n2013-12-07T09:30:01Z,3\n");
    try (Table table = imports.csv("path", "a.csv", "time", "t", "time_zone", "America/New_York")) {
      assertArrayEquals(
          new long[] {
            nanos("2013-10-07T13:30:00.000000001Z"),
            nanos("2013-12-07T09:30:01Z"),
            nanos("2013-12-07T14:30:00Z")
          },
          table.time().toLongs(0, 3));
      assertArrayEquals(new double[] {1, 3, 2}, table.column("x").toDoubles());
    }
  }

  @Test
  void addsDateAndTimeOfDay() throws IOException {
    imports.write("a.csv", "date,ms,x\n2013-10-07,34200167,1\n2013-12-06,34200001,2\n");
    try (Table table =
        imports.csv(
            "path",
            "a.csv",
            "time",
            "date",
            "time_of_day",
            "ms",
            "time_unit",
            "ms",
            "time_zone",
            "America/New_York")) {
      assertEquals("time", table.timeColumn());
      assertEquals(nanos("2013-10-07T13:30:00.167Z"), table.time().getLong(0));
      assertEquals(nanos("2013-12-06T14:30:00.001Z"), table.time().getLong(1));
      assertEquals(nanos("2013-10-07T00:00:00Z"), table.column("date").getLong(0));
    }
    imports.write("b.csv", "date,time,x\n20131007,09:30:00.000000005,1\n");
    slipstream.core.store.AtomicFiles.deleteRecursively(imports.target());
    try (Table table =
        imports.csv(
            "path", "b.csv", "time", "date", "time_of_day", "time", "time_format", "%Y%m%d")) {
      assertEquals(nanos("2013-10-07T09:30:00.000000005Z"), table.time().getLong(0));
    }
  }

  @Test
  void sortsByInstrumentAndTimeAndKeepsTheOrderOfTies() throws IOException {
    imports.write("a.csv", "t,sym,x\n20,B,1\n10,A,2\n10,B,3\n20,B,4\n10,A,5\n5,A,6\n");
    try (Table table =
        imports.csv("path", "a.csv", "time", "t", "time_unit", "s", "instrument", "sym")) {
      assertArrayEquals(new double[] {6, 2, 5, 3, 1, 4}, table.column("x").toDoubles());
      assertEquals(
          List.of("A", "B"), table.partitions().stream().map(each -> each.instrument()).toList());
      assertEquals(2, imports.report.outOfOrder());
      assertTrue(imports.report.sorted());
    }
  }

  @Test
  void countsWhatWhereLeavesOut() throws IOException {
    imports.write("a.csv", "t,x\n1,1\n2,-1\n3,\n4,2\n");
    try (Table table =
        imports.csv("path", "a.csv", "time", "t", "time_unit", "s", "where", "x > 0")) {
      assertEquals(2, table.rows());
      assertEquals(4, imports.report.rowsRead());
      assertEquals(2, imports.report.rowsExcluded());
      assertTrue(imports.messages.stream().anyMatch(each -> each.contains("2 of 4 rows")));
      assertEquals(
          2,
          HealthCheck.of(table, HealthOptions.standard(), imports.report, Progress.NONE)
              .count(Defect.EXCLUDED));
    }
  }

  @Test
  void whereReadsNothingElse() throws IOException {
    imports.write("a.csv", "t,x\n1,1\n");
    imports.write("secret.csv", "s\n1\n");
    String where = "x IN (SELECT s FROM read_csv('" + folder.resolve("secret.csv") + "'))";
    assertTrue(fails("path", "a.csv", "where", where).getMessage().contains("Cannot access"));
  }

  @Test
  void renamesDeclaresAndDropsColumns() throws IOException {
    imports.write("a.csv", "t,amount,id,junk\n1,2,3,4\n");
    try (Table table =
        imports.csv(
            "path",
            "a.csv",
            "columns",
            Map.of("amount", "size float64", "id", "string", "junk", "-"),
            "units",
            Map.of("size", "BTC"))) {
      assertEquals(List.of("t", "size", "id"), table.schema().names());
      assertEquals(ColumnType.FLOAT64, table.column("size").type());
      assertEquals("BTC", table.column("size").field().unit());
      assertEquals("3", table.column("id").getString(0));
    }
  }

  @Test
  void wholeNumbersBecomeFractionsWhereAFractionComesLate() throws IOException {
    StringBuilder text = new StringBuilder("x\n");
    for (int i = 0; i < 30_000; i++) {
      text.append(i).append(i == 29_999 ? ".5\n" : "\n");
    }
    imports.write("a.csv", text.toString());
    try (Table table = imports.csv("path", "a.csv")) {
      assertEquals(ColumnType.FLOAT64, table.column("x").type());
      assertEquals(29_999.5, table.column("x").getDouble(29_999));
    }
  }

  @Test
  void readsGzip() throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.csv.gz")))) {
      out.write("\ufefft;x\n1;2,5\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    try (Table table = imports.csv("path", "a.csv.gz")) {
      assertEquals(List.of("t", "x"), table.schema().names());
      assertEquals("2,5", table.column("x").getString(0));
    }
  }

  @Test
  void equalInputGivesEqualBytes() throws IOException {
    imports.write("a.csv", "t,sym,x\n2,b,1\n1,a,2\n1,b,3\n");
    Object[] parameters = {"path", "a.csv", "time", "t", "time_unit", "s", "instrument", "sym"};
    String first;
    try (Table table = imports.csv(parameters)) {
      first = table.hash();
    }
    slipstream.core.store.AtomicFiles.deleteRecursively(imports.target());
    try (Table table = imports.csv(parameters)) {
      assertEquals(first, table.hash());
    }
  }

  // ---------------------------------------------------------------- bad input

  @Test
  void missingAndEmptyFiles() throws IOException {
    SlipstreamException missing = fails("path", "none.csv");
    assertEquals(Category.NOT_FOUND, missing.category());
    assertTrue(missing.getMessage().startsWith("none.csv: there is no such file"));
    imports.write("empty.csv", "");
    assertTrue(fails("path", "empty.csv").getMessage().contains("empty.csv: the file is empty"));
    imports.write("header.csv", "a,b\n");
    assertTrue(fails("path", "header.csv").getMessage().contains("no rows"));
    assertTrue(fails("path", ".").getMessage().contains("folder"));
  }

  @Test
  void raggedLinesAreNamed() throws IOException {
    imports.write("short.csv", "a,b,c\n1,2,3\n4,5\n");
    assertTrue(
        fails("path", "short.csv")
            .getMessage()
            .startsWith("short.csv:3: the line has 2 fields where the header has 3"));
    StringBuilder late = new StringBuilder("a,b\n");
    for (int i = 0; i < 50_000; i++) {
      late.append(i == 44_443 ? "1,2,3\n" : "1,2\n");
    }
    imports.write("long.csv", late.toString());
    assertTrue(
        fails("path", "long.csv")
            .getMessage()
            .startsWith("long.csv:44445: the line has 3 fields where the header has 2"));
  }

  @Test
  void wrongTypesAreNamedByLineColumnAndValue() throws IOException {
    StringBuilder text = new StringBuilder("t,note,price\n");
    for (int i = 0; i < 30_000; i++) {
      text.append(i).append(",\"two\nlines\",").append(i == 25_000 ? "oops" : "1.5").append('\n');
    }
    imports.write("a.csv", text.toString());
    SlipstreamException e = fails("path", "a.csv");
    assertTrue(
        e.getMessage()
            .startsWith("a.csv:50002:3: column 'price' holds 'oops', which is not a number"),
        e.getMessage());
    try (Table table = imports.csv("path", "a.csv", "null_values", List.of("oops"))) {
      assertTrue(table.column("price").isNull(25_000));
    }
  }

  @Test
  void declaredTypesHold() throws IOException {
    imports.write("a.csv", "n,b\n1,true\n1.5,maybe\n");
    assertTrue(
        fails("path", "a.csv", "columns", Map.of("n", "int32"))
            .getMessage()
            .startsWith("a.csv:3:1: column 'n' holds '1.5', which is not a whole number"));
    assertTrue(
        fails("path", "a.csv", "columns", Map.of("b", "boolean"))
            .getMessage()
            .startsWith("a.csv:3:2: column 'b' holds 'maybe'"));
  }

  @Test
  void unknownColumnsAreNamedWithTheKnownOnes() throws IOException {
    imports.write("a.csv", "t,x\n1,2\n");
    for (Object[] wrong :
        new Object[][] {
          {"time", "when"},
          {"instrument", "sym"},
          {"columns", Map.of("y", "float64")},
          {"units", Map.of("y", "bp")}
        }) {
      SlipstreamException e = fails("path", "a.csv", wrong[0], wrong[1]);
      assertEquals(Category.NOT_FOUND, e.category());
      assertTrue(e.getMessage().contains("Columns: t, x."), e.getMessage());
      assertEquals(wrong[0], e.place().orElseThrow().key());
    }
    assertTrue(fails("path", "a.csv", "where", "y > 0").getMessage().contains("a.csv: where:"));
  }

  @Test
  void timesThatAreNone() throws IOException {
    imports.write("none.csv", "t,x\n,1\n,2\n");
    assertTrue(
        fails("path", "none.csv", "time", "t")
            .getMessage()
            .contains("no row has a value in the time column 't'"));
    imports.write("some.csv", "t,x\n1,1\n,2\n");
    SlipstreamException some = fails("path", "some.csv", "time", "t");
    assertTrue(some.getMessage().startsWith("some.csv:3: time: 1 of 2 rows have no time"));
    imports.write("bad.csv", "t,x\n2013-10-07,1\n\nyesterday,2\n");
    SlipstreamException bad = fails("path", "bad.csv", "time", "t");
    assertTrue(bad.getMessage().startsWith("bad.csv:4: column 't' holds 'yesterday'"));
    imports.write("far.csv", "t,x\n1600-01-01,1\n");
    assertTrue(fails("path", "far.csv", "time", "t").getMessage().contains("between 1677 and"));
    assertTrue(
        fails("path", "bad.csv", "time", "t", "time_zone", "Mars/Olympus")
            .getMessage()
            .contains("no time zone 'Mars/Olympus'"));
  }

  @Test
  void brokenText() throws IOException {
    imports.write("quote.csv", "a,b\n1,\"x\n2,y\n");
    assertTrue(fails("path", "quote.csv").getMessage().contains("quote.csv:2: a quoted field"));
    Files.write(
        folder.resolve("latin.csv"), new byte[] {'a', '\n', (byte) 0xe4, (byte) 0xff, '\n'});
    assertTrue(fails("path", "latin.csv").getMessage().contains("not UTF-8"));
    imports.write("twice.csv", "a,A\n1,2\n");
    assertTrue(fails("path", "twice.csv").getMessage().contains("occurs twice"));
    imports.write("cut.csv.gz", "not gzip at all");
    SlipstreamException e = fails("path", "cut.csv.gz");
    assertEquals(Category.CORRUPT, e.category(), e.getMessage());
  }

  @Test
  void anExistingTableIsLeftAlone() throws IOException {
    imports.write("a.csv", "t,x\n1,2\n");
    imports.csv("path", "a.csv").close();
    String before;
    try (Table table = Table.open(imports.target())) {
      before = table.hash();
    }
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.csv("path", "a.csv").close());
    assertEquals(Category.CONFLICT, e.category());
    try (Table table = Table.open(imports.target())) {
      assertEquals(before, table.hash());
    }
  }

  @Test
  void cancellingLeavesNothing() throws IOException {
    StringBuilder text = new StringBuilder("t,x\n");
    for (int i = 200_000; i > 0; i--) {
      text.append(i).append(",1\n");
    }
    imports.write("a.csv", text.toString());
    // Cancelled before all, while reading, while checking the order, and once rows arrive in the
    // table.
    for (int when : new int[] {-1, 0, 60, 76}) {
      Progress progress =
          new Progress() {
            private volatile boolean stop = when < 0;

            @Override
            public void stage(String stage, long done, long total, String unit) {
              stop |= done >= when;
            }

            @Override
            public boolean cancelled() {
              return stop;
            }
          };
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  imports
                      .read(
                          new CsvImporter(),
                          progress,
                          "path",
                          "a.csv",
                          "time",
                          "t",
                          "time_unit",
                          "s")
                      .close());
      assertEquals(Category.CANCELLED, e.category(), e.getMessage());
      assertEquals(List.of(), imports.leftBehind());
    }
  }

  @Test
  void isOneStageThatNamesTheFileAndNeverGoesBack() throws IOException {
    StringBuilder text = new StringBuilder("t,x\n");
    for (int i = 50_000; i > 0; i--) {
      text.append(i).append(i == 30_000 ? ",1.5\n" : ",1\n"); // read twice: x is no whole number
    }
    Files.createDirectories(folder.resolve("deep"));
    imports.write("deep/a.csv", text.toString());
    String path = folder.resolve("deep/a.csv").toString();
    imports.csv("path", path, "time", "t", "time_unit", "s").close();
    int before = 0;
    for (String stage : imports.stages) {
      assertTrue(stage.matches("Import a\\.csv [0-9]+/100 %"), stage);
      int done = Integer.parseInt(stage.replaceAll(".* ([0-9]+)/.*", "$1"));
      assertTrue(done >= before, stage);
      before = done;
    }
    assertEquals(100, before);
  }

  @Test
  void aSampleIsNamedAsTheUserNamedIt() throws IOException {
    Path samples = Files.createDirectories(folder.resolve("product/samples"));
    Path file = Files.writeString(samples.resolve("a.csv"), "t,x\n1,2\n");
    String before = System.setProperty("slipstream.samples", samples.toString());
    try {
      imports.csv("path", file.toString(), "time", "t", "time_unit", "s").close();
      assertEquals("sample:a.csv", imports.report.source());
      assertTrue(imports.stages.stream().allMatch(each -> each.startsWith("Import a.csv ")));
      AtomicFiles.deleteRecursively(imports.target());
      Files.writeString(file, "t,x\n1,2\n3\n");
      String message = fails("path", file.toString()).getMessage();
      assertTrue(message.startsWith("sample:a.csv:3: the line has 1 fields"), message);
    } finally {
      if (before == null) {
        System.clearProperty("slipstream.samples");
      } else {
        System.setProperty("slipstream.samples", before);
      }
    }
  }

  @Test
  void aConditionThatFailsOnSomeRowIsToBlameItself() throws IOException {
    imports.write("a.csv", "t,code,x\n1,10,1\n2,11,2\n3,abc,3\n4,12,4\n");
    SlipstreamException e =
        fails("path", "a.csv", "columns", Map.of("code", "string"), "where", "code::INT > 10");
    assertEquals("where", e.place().orElseThrow().key());
    assertEquals(4, e.place().orElseThrow().line());
    assertTrue(e.getMessage().startsWith("a.csv:4: where: the condition 'code::INT > 10'"));
    assertTrue(e.getMessage().contains("abc"), e.getMessage());
    SlipstreamException column = fails("path", "a.csv", "columns", Map.of("code", "int64"));
    assertFalse(column.getMessage().contains("where"), column.getMessage());
  }

  @Test
  void asManyThreadsWorkAsAreAllowed() throws IOException {
    imports.write("a.csv", "t,x\n1,2\n3,4\n");
    imports.threads = 1;
    imports.csv("path", "a.csv", "where", "current_setting('threads') = 1").close();
    assertEquals(0, imports.report.rowsExcluded());
    String hash;
    try (Table table = Table.open(imports.target())) {
      hash = table.hash();
    }
    AtomicFiles.deleteRecursively(imports.target());
    imports.threads = 64;
    int cores = Runtime.getRuntime().availableProcessors();
    try (Table table =
        imports.csv("path", "a.csv", "where", "current_setting('threads') <= " + cores)) {
      assertEquals(hash, table.hash());
    }
  }

  @Test
  void reportsRows() throws IOException {
    imports.write("a.csv", "t,x\n" + "1,2\n".repeat(10_000));
    imports.csv("path", "a.csv").close();
    assertTrue(imports.stages.contains("Import a.csv 100/100 %"));
    assertTrue(imports.messages.stream().anyMatch(each -> each.contains("rows/s")));
  }
}
