package slipstream.core.parameters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.Nearest;
import slipstream.core.SlipstreamException;

class ParametersTest {
  enum Loss {
    SQUARED,
    LOG_COSH
  }

  record All(
      @Parameter(help = "Whole.", min = 1, max = 10, unit = "rows", defaultValue = "3") int count,
      @Parameter(help = "Large.", defaultValue = "9007199254740993") long large,
      @Parameter(help = "A share.", min = 0, max = 1, defaultValue = "0.5") double share,
      @Parameter(help = "A switch.", defaultValue = "false") boolean exact,
      @Parameter(help = "A text.", defaultValue = "") String text,
      @Parameter(help = "A loss.", defaultValue = "squared") Loss loss,
      @Parameter(help = "A time.", defaultValue = "5m") Duration maxAge,
      @Parameter(help = "Words.", defaultValue = "") List<String> words,
      @Parameter(help = "Pairs.", defaultValue = "") Map<String, String> pairs,
      @Parameter(help = "Other data.", defaultValue = "") DataSource with) {}

  record Demanding(@Parameter(help = "The file to read.") String path) {}

  record Pair(
      @Parameter(help = "Low.", defaultValue = "0") double low,
      @Parameter(help = "High.", defaultValue = "1") double high) {
    Pair {
      if (low > high) {
        throw new IllegalArgumentException("low is above high");
      }
      if (low == -1) {
        throw new IllegalArgumentException();
      }
    }
  }

  private static final All DEFAULTS =
      new All(
          3,
          9007199254740993L,
          0.5,
          false,
          "",
          Loss.SQUARED,
          Duration.ofMinutes(5),
          List.of(),
          Map.of(),
          null);

  @Test
  void describesEveryType() {
    List<ParameterDescription> all = ParameterForm.describe(All.class);
    assertEquals(
        List.of(ParameterDescription.Type.values()).size(),
        all.stream().map(ParameterDescription::type).distinct().count());
    assertEquals("max_age", all.get(6).name());
    assertEquals(List.of("squared", "log-cosh"), all.get(5).choices());
    assertEquals(10, all.getFirst().max());
    assertTrue(ParameterForm.describe(Demanding.class).getFirst().required());
  }

  @Test
  void bindsDefaultsAndGivenValues() {
    assertEquals(DEFAULTS, ParameterForm.bind(All.class, Map.of(), ""));
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("count", 4L);
    given.put("large", "-9223372036854775808");
    given.put("share", 1);
    given.put("exact", true);
    given.put("text", 12);
    given.put("loss", "log-cosh");
    given.put("max_age", "250us");
    given.put("words", List.of("a", 2));
    given.put("pairs", Map.of("a", 1.5));
    given.put("with", Map.of("importer", "csv", "columns", Map.of("a", "b")));
    All bound = ParameterForm.bind(All.class, given, "x");
    assertEquals(
        new All(
            4,
            Long.MIN_VALUE,
            1,
            true,
            "12",
            Loss.LOG_COSH,
            Duration.ofNanos(250_000),
            List.of("a", "2"),
            Map.of("a", "1.5"),
            new DataSource("csv", Map.of("columns", Map.of("a", "b")))),
        bound);
    assertEquals(bound, ParameterForm.bind(All.class, ParameterForm.values(bound), ""));
    assertEquals(
        List.of("a", "b c"), ParameterForm.bind(All.class, Map.of("words", "a, b c"), "").words());
    assertEquals(10, ParameterForm.bind(All.class, Map.of("count", "1e1"), "").count());
    assertEquals(
        9007199254740993L, ParameterForm.bind(All.class, Map.of(), "").large(), "beyond 2^53");
  }

  static List<Arguments> wrong() {
    return List.of(
        Arguments.of(
            "cuont",
            1,
            "p.cuont: unknown parameter 'cuont'. Did you mean 'count'? Known: count,"
                + " large, share, exact, text, loss, max_age, words, pairs, with."),
        Arguments.of(
            "with",
            "quotes.csv",
            "p.with: expected an importer and its parameters. Write {importer: parquet, path: …,"
                + " time: …}."),
        Arguments.of(
            "with",
            Map.of("path", "quotes.csv"),
            "p.with: 'importer' is missing. Add 'importer: csv', 'importer: parquet' or another."),
        Arguments.of(
            "with",
            Map.of("importer", List.of("csv")),
            "p.with.importer: expected a single value, not a list or map. Write one value."),
        Arguments.of("count", 0, "p.count: 0 is out of range. Allowed: 1 to 10 (rows)."),
        Arguments.of(
            "count", 1.5, "p.count: '1.5' is not a whole number. Write it in digits, such as 200."),
        Arguments.of(
            "count",
            "1e400000000",
            "p.count: '1e400000000' is not a whole number of 64 bits. Write it in"
                + " digits, such as 200."),
        Arguments.of(
            "large",
            "9223372036854775808",
            "p.large: '9223372036854775808' is too large. Allowed: any number."),
        Arguments.of("count", "5d", "p.count: '5d' is not a number. Write it as 12, 0.5 or 1e-3."),
        Arguments.of(
            "share", "0x1p-3", "p.share: '0x1p-3' is not a number. Write it as 12, 0.5 or 1e-3."),
        Arguments.of(
            "share", Double.NaN, "p.share: 'NaN' is not a number. Write it as 12, 0.5 or 1e-3."),
        Arguments.of("share", 1.01, "p.share: 1.01 is out of range. Allowed: 0 to 1."),
        Arguments.of(
            "share",
            List.of(1),
            "p.share: expected a single value, not a list or map. Write one value."),
        Arguments.of(
            "exact", "yes", "p.exact: 'yes' is neither true nor false. Write true or false."),
        Arguments.of(
            "loss",
            "SQUARED",
            "p.loss: 'SQUARED' is not allowed. Choose one of squared, log-cosh."),
        Arguments.of(
            "max_age",
            "5",
            "p.max_age: '5' is not a length of time. Write it as 500ms, 60s, 5m, 1h or 1d."),
        Arguments.of(
            "words", Map.of("a", 1), "p.words: expected a list of single values. Write [a, b]."),
        Arguments.of(
            "pairs",
            List.of("a"),
            "p.pairs: expected a single value, not a list or map. Write one value."),
        Arguments.of("pairs", "a", "p.pairs: expected a map of names to values. Write {a: b}."));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void namesTheKeyTheProblemAndTheRemedy(String key, Object value, String expected) {
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> ParameterForm.bind(All.class, Map.of(key, value), "p"));
    assertEquals(expected, e.getMessage());
    assertEquals(
        List.of(expected),
        ParameterForm.check(All.class, Map.of(key, value), "p").stream()
            .map(Throwable::getMessage)
            .toList());
  }

  @Test
  void reportsEveryProblemAtOnce() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("count", 99);
    values.put("shares", 1);
    values.put("exact", "maybe");
    assertEquals(3, ParameterForm.check(All.class, values, "").size());
    assertEquals(
        List.of("models.a: 'path' is missing. Add 'path': The file to read."),
        ParameterForm.check(Demanding.class, Map.of(), "models.a").stream()
            .map(Throwable::getMessage)
            .toList());
  }

  @Test
  void aRecordsOwnCheckBecomesTheUsersError() {
    assertEquals(
        "models.a: low is above high",
        assertThrows(
                SlipstreamException.class,
                () -> ParameterForm.bind(Pair.class, Map.of("low", 2), "models.a"))
            .getMessage());
    assertEquals(
        "models.a: these parameters do not fit together",
        assertThrows(
                SlipstreamException.class,
                () -> ParameterForm.bind(Pair.class, Map.of("low", -1), "models.a"))
            .getMessage());
  }

  // ------------------------------------------------------------------ durations

  @Property(tries = 500)
  void everyDurationReadsBack(@ForAll @LongRange(min = 0) long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    assertEquals(duration, Durations.parse(Durations.format(duration)));
  }

  @Test
  void durationsAreWrittenShort() {
    assertEquals("0ns", Durations.format(Duration.ZERO));
    assertEquals("1d", Durations.format(Duration.ofHours(24)));
    assertEquals("90s", Durations.format(Duration.ofSeconds(90)));
    assertEquals("1500ms", Durations.format(Duration.ofMillis(1500)));
    assertEquals(Duration.ofMinutes(5), Durations.parse(" 5 MIN "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "-5s", "5 weeks", "1.5h", "s", "99999999999999999999s", "999999d"})
  void refusesWhatIsNoLengthOfTime(String text) {
    SlipstreamException e = assertThrows(SlipstreamException.class, () -> Durations.parse(text));
    assertTrue(e.getMessage().startsWith("'" + text + "' is "), e.getMessage());
  }

  // -------------------------------------------------------------------- nearest

  @Test
  void findsTheWordThatWasMeant() {
    List<String> known = List.of("depth", "rounds", "learning_rate", "l2");
    assertEquals("depth", Nearest.find("detph", known).orElseThrow());
    assertEquals("learning_rate", Nearest.find("learning-rate", known).orElseThrow());
    assertEquals("rounds", Nearest.find("round", known).orElseThrow());
    assertTrue(Nearest.find("momentum", known).isEmpty());
    assertTrue(Nearest.find("x".repeat(1_000_000), known).isEmpty());
    assertEquals("", Nearest.remedy("x", List.of()));
  }
}
