package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;
import slipstream.data.FileKeys.Reading;
import slipstream.data.FileKeys.Said;

class FileKeysTest {
  @TempDir Path folder;

  private Reading guess(Said said, String... lines) throws IOException {
    Path file = Files.write(folder.resolve("a.csv"), List.of(lines));
    Path scratch = folder.resolve("scratch");
    Files.createDirectories(scratch);
    return FileKeys.guess(
        file, DataFiles.importer(file.toString(), folder), said, true, scratch, 1, Progress.NONE);
  }

  private Reading guess(String... lines) throws IOException {
    return guess(Said.NOTHING, lines);
  }

  @Test
  void timestampsAndSymbols() throws IOException {
    Reading reading =
        guess(
            "ts,ticker,maturity,px",
            "2024-01-02 10:00:00,A,2030-01-01,1",
            "2024-01-02 10:01:00,A,2030-01-01,2");
    assertEquals("csv", reading.importer());
    assertEquals("ts", reading.parameters().get("time"));
    assertEquals(List.of("ticker"), reading.parameters().get("instrument"));
    assertTrue(reading.guesses().contains("times are read as UTC, as none is named"));
  }

  @Test
  void countsSince1970AndDatesInFigures() throws IOException {
    assertEquals(
        "timestamp",
        guess("timestamp,price", "1380000000,1", "1380000060,2").parameters().get("time"));
    Reading reading = guess("day,sym,x", "20240102,A,1", "20240103,A,2");
    assertEquals("day", reading.parameters().get("time"));
    assertEquals("%Y%m%d", reading.parameters().get("time_format"));
    assertNull(guess("time,x", "5,1", "7,2").parameters().get("time"), "five is no time");
  }

  @Test
  void dateAndTimeOfDay() throws IOException {
    Reading reading =
        guess("date,time_us,sym,x", "2024-01-02,34200000000,A,1", "2024-01-02,34200000001,A,2");
    assertEquals("date", reading.parameters().get("time"));
    assertEquals("time_us", reading.parameters().get("time_of_day"));
    assertEquals("us", reading.parameters().get("time_unit"));
  }

  @Test
  void columnsThatTellRowsApart() throws IOException {
    Reading reading =
        guess(
            "date,kind,expiry,quality,x",
            "2024-01-02,C,2025-01-01,ok,1",
            "2024-01-02,P,2025-01-01,bad,1",
            "2024-01-02,C,2026-01-01,ok,1",
            "2024-01-02,P,2026-01-01,ok,1",
            "2024-01-03,C,2025-01-01,ok,1",
            "2024-01-03,P,2025-01-01,ok,1");
    assertEquals(List.of("kind", "expiry"), reading.parameters().get("instrument"));
  }

  @Test
  void rowsWithoutKeysAreLeftOut() throws IOException {
    Reading reading = guess("date,sym,x", "2024-01-02,A,1", ",A,2", "2024-01-04,,3");
    assertEquals("\"sym\" IS NOT NULL AND \"date\" IS NOT NULL", reading.parameters().get("where"));
  }

  private Reading parquet(String... symbols) throws IOException {
    Path file = folder.resolve("s" + symbols.length + ".parquet");
    long[] times = new long[symbols.length];
    java.util.Arrays.setAll(times, i -> (1_700_000_000L + i) * 1_000_000_000L);
    RowFiles.write(
        file,
        Table.of(
            List.of(
                Column.of(new Field("ts", ColumnType.TIMESTAMP), times), Column.of("sym", symbols)),
            "",
            ""),
        Progress.NONE);
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    return FileKeys.guess(file, "parquet", Said.NOTHING, false, scratch, 1, Progress.NONE);
  }

  @Test
  void parquetTellsMissingKeysByItsFooter() throws IOException {
    assertEquals(
        "\"sym\" IS NOT NULL AND \"ts\" IS NOT NULL",
        parquet("A", null, "A").parameters().get("where"));
    assertNull(parquet("A", "B").parameters().get("where"));
  }

  @Test
  void neitherTimeNorInstrument() throws IOException {
    Reading reading = guess("a,b", "1,2", "3,4");
    assertEquals(java.util.Set.of("path"), reading.parameters().keySet());
    assertEquals(2, reading.guesses().size(), reading.guesses().toString());
  }

  @Test
  void theUserKnowsBetter() throws IOException {
    Reading reading =
        guess(
            new Said("when", "", "", "", "Asia/Shanghai", List.of("-")),
            "time,when,sym",
            "2024-01-02 10:00:00,2024-01-02 10:00:01,A");
    assertEquals("when", reading.parameters().get("time"));
    assertEquals("Asia/Shanghai", reading.parameters().get("time_zone"));
    assertNull(reading.parameters().get("instrument"));
    assertEquals(List.of(), reading.guesses());
  }

  @Test
  void whatCannotBeReadIsLeftToItsImporter() throws IOException {
    Path file = Files.writeString(folder.resolve("no.parquet"), "hello");
    Files.createDirectories(folder.resolve("scratch"));
    Reading reading =
        FileKeys.guess(
            file, "parquet", Said.NOTHING, true, folder.resolve("scratch"), 1, Progress.NONE);
    assertEquals("parquet", reading.importer());
    assertEquals(java.util.Set.of("path"), reading.parameters().keySet());
  }
}
