package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.core.table.Table;
import slipstream.data.health.HealthCheck;
import slipstream.data.health.HealthOptions;
import slipstream.data.health.HealthReport;

/** Users set their language; numbers in SQL, texts and reports stay as they are. */
class LocaleTest {
  @TempDir Path folder;
  private final Locale before = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  /** All that an import and a report say. */
  private List<String> texts(Locale locale) throws IOException {
    Locale.setDefault(locale);
    Imports imports = new Imports(folder);
    StringBuilder csv = new StringBuilder("t,sym,price,n,day\n");
    for (int i = 0; i < 2500; i++) {
      double price = i % 100 == 7 ? 0 : i == 2000 ? 1e5 : 100 + (i / 60 % 2);
      String n = i % 5 == 0 ? "" : i + ".5";
      csv.append(1380000000000L + i / 2 * 1000 + (i == 1500 ? 90_000_000 : 0));
      csv.append(",A,").append(price).append(',').append(n).append(",2020-01-01\n");
    }
    imports.write("a.csv", csv.toString());
    Object[] parameters = {
      "path", "a.csv", "time", "t", "instrument", "sym", "where", "price > 0 OR n IS NULL"
    };
    List<String> texts = new ArrayList<>();
    try (Table table = imports.csv(parameters)) {
      HealthReport report =
          HealthCheck.of(table, HealthOptions.standard(), imports.report, Progress.NONE);
      texts.add(table.hash());
      report.findings().forEach(finding -> texts.add(finding.toString()));
      RowFiles.write(folder.resolve("rows.csv"), table, Progress.NONE);
      texts.add(Hashing.sha256(Files.readAllBytes(folder.resolve("rows.csv"))));
      for (String message : imports.messages) {
        texts.add(message.replaceAll(" at [0-9,]+ rows/s$", "")); // the speed varies
      }
    }
    AtomicFiles.deleteRecursively(folder.resolve("table"));
    for (String bad : List.of("1380000000,1\n9,nonsense\n", "1380000000,1\n1380000000000000,2\n")) {
      imports.write("bad.csv", "t,x\n" + bad);
      texts.add(
          assertThrows(
                  SlipstreamException.class,
                  () ->
                      imports
                          .csv("path", "bad.csv", "time", "t", "columns", Map.of("x", "int64"))
                          .close())
              .getMessage());
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG-u-nu-arab", "fa-IR", "de-DE", "tr-TR", "hi-IN-u-nu-deva"})
  void importsAndReportsAreTheSameInEveryLanguage(String language) throws IOException {
    List<String> expected = texts(Locale.ROOT);
    List<String> texts = texts(Locale.forLanguageTag(language));
    assertEquals(String.join("\n", expected), String.join("\n", texts));
  }

  @Test
  void theTextsHoldNumbers() throws IOException {
    String all = String.join("\n", texts(Locale.ROOT));
    assertTrue(all.contains("of 2,500 rows are left out by where"), all);
    assertTrue(all.contains("times the usual move"), all);
  }
}
