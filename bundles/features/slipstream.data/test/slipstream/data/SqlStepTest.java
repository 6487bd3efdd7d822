package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;

/** A query as a step of the import. */
class SqlStepTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() throws IOException {
    imports = new Imports(folder);
    imports.write("a.csv", "t,sym,px,size\n1,A,10,1\n2,A,11,2\n2,B,20,3\n1,A,12,4\n");
    imports.write("secret.csv", "x\n42\n");
  }

  private SlipstreamException fails(String sql, Object... more) throws IOException {
    Object[] parameters = new Object[more.length + 4];
    parameters[0] = "path";
    parameters[1] = "a.csv";
    parameters[2] = "sql";
    parameters[3] = sql;
    System.arraycopy(more, 0, parameters, 4, more.length);
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.csv(parameters).close());
    assertEquals(List.of(), imports.leftBehind());
    assertEquals(Category.INVALID_INPUT, e.category(), e.getMessage());
    return e;
  }

  @Test
  void theOtherParametersSeeTheResult() {
    try (Table table =
        imports.csv(
            "path",
            "a.csv",
            "sql",
            "SELECT sym, t AS at, avg(px) AS mean_px FROM input GROUP BY ALL; ",
            "time",
            "at",
            "time_unit",
            "s",
            "instrument",
            "sym",
            "columns",
            Map.of("mean_px", "mid float32"))) {
      assertEquals(List.of("sym", "at", "mid"), table.schema().names());
      assertArrayEquals(new double[] {11, 11, 20}, table.column("mid").toDoubles());
    }
  }

  @Test
  void aQueryReadsNothingElse() throws IOException {
    String secret = folder.resolve("secret.csv").toString();
    for (String sql :
        List.of(
            "SELECT * FROM read_csv('" + secret + "')",
            "SELECT * FROM '" + secret + "'",
            "SELECT content FROM read_text('/etc/passwd')",
            "SELECT * FROM glob('/etc/*')",
            "SELECT * FROM read_csv('https://example.org/x.csv')",
            "SELECT * FROM sniff_csv('/etc/passwd')")) {
      SlipstreamException e = fails(sql);
      assertTrue(e.getMessage().startsWith("sql: the query does not work"), e.getMessage());
      assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
    }
  }

  @Test
  void onlyASelectIsLetThrough() throws IOException {
    Path out = folder.resolve("out.csv");
    for (String sql :
        List.of(
            "COPY input TO '" + out + "'",
            "ATTACH '" + folder.resolve("x.db") + "' AS x",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET threads=8",
            "DROP TABLE staged",
            "SELECT 1; DROP TABLE staged",
            "SELECT 1) TO '" + out + "'; --",
            "PRAGMA database_list")) {
      SlipstreamException e = fails(sql);
      assertTrue(e.getMessage().startsWith("sql: the query"), e.getMessage());
    }
    assertTrue(Files.notExists(out));
    assertTrue(Files.notExists(folder.resolve("x.db")));
  }

  @Test
  void errorsNameLineAndColumnOfTheQuery() throws IOException {
    SlipstreamException e = fails("SELECT sym,\n       price\nFROM input");
    assertTrue(e.getMessage().contains("(line 2, column 8)"), e.getMessage());
    assertTrue(e.getMessage().contains("Columns of input: t, sym, px, size."), e.getMessage());
    e = fails("SELECT sym\nFROM input\nWHERE WHERE px > 1");
    assertTrue(e.getMessage().contains("(line 3, column 7)"), e.getMessage());
    e = fails("SELECT CAST(sym AS INTEGER) AS x FROM input");
    assertTrue(e.getMessage().contains("(line 1, column 8)"), e.getMessage());
    e = fails("SELECT * FROM inputs");
    assertTrue(e.getMessage().contains("inputs"), e.getMessage());
  }

  @Test
  void anEmptyResultAndAConditionBeside() throws IOException {
    assertTrue(fails("SELECT * FROM input WHERE px > 1000").getMessage().contains("no rows"));
    assertTrue(fails("SELECT * FROM input", "where", "px > 1").getMessage().contains("where"));
  }

  @Test
  void threadsDoNotChangeAByte() throws IOException {
    StringBuilder text = new StringBuilder("g,x\n");
    for (int i = 0; i < 300_000; i++) {
      text.append(i % 1_000).append(',').append(1 / (i + 1.0)).append('\n');
    }
    imports.write("b.csv", text.toString());
    String first = null;
    for (int threads = 1; threads <= 2; threads++) {
      imports.threads = threads;
      try (Table table =
          imports.csv("path", "b.csv", "sql", "SELECT g, sum(x) AS s FROM input GROUP BY g")) {
        assertEquals(1_000, table.rows());
        first = first == null ? table.hash() : first;
        assertEquals(first, table.hash());
      }
      AtomicFiles.deleteRecursively(imports.target());
    }
  }
}
