package slipstream.data.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.store.Hashing;
import slipstream.core.table.Table;
import slipstream.data.RowFiles;
import slipstream.data.generate.DayGenerator.Day;
import slipstream.data.generate.DayStream.PlacedDefect;
import slipstream.data.generate.GenerateOptions.Kind;

class GenerationTest {
  private static final Path GOLDEN = Path.of("test/slipstream/data/generate");

  @TempDir Path folder;

  private static GenerateOptions options(Kind kind, long rows, double noise) {
    return new GenerateOptions(kind, rows, 20, noise, false, false);
  }

  private static List<Block> blocks(GenerateOptions options, int threads) {
    List<Block> blocks = new ArrayList<>();
    try (DayStream days = new DayStream(options.generator(), options.rows(), threads)) {
      days.forEachRemaining(blocks::add);
    }
    return blocks;
  }

  private static List<String> lines(List<Block> blocks) {
    List<String> lines = new ArrayList<>();
    for (Block block : blocks) {
      for (int row = 0; row < block.rows(); row++) {
        lines.add(line(block, row));
      }
    }
    return lines;
  }

  private static String line(Block block, int row) {
    List<String> cells = new ArrayList<>();
    for (int c = 0; c < block.schema().size(); c++) {
      cells.add(block.isNull(c, row) ? "" : String.valueOf(value(block.column(c), row)));
    }
    return String.join(",", cells);
  }

  private static Object value(Object column, int row) {
    return switch (column) {
      case double[] values -> values[row];
      case long[] values -> values[row];
      case int[] values -> values[row];
      case boolean[] values -> values[row];
      case String[] values -> values[row];
      default -> throw new AssertionError();
    };
  }

  /** Of all values' bits, row by row. */
  private static String checksum(List<Block> blocks) {
    MessageDigest digest = Hashing.digest();
    for (Block block : blocks) {
      for (int row = 0; row < block.rows(); row++) {
        for (int c = 0; c < block.schema().size(); c++) {
          if (block.isNull(c, row)) {
            digest.update((byte) 0xff);
            continue;
          }
          switch (value(block.column(c), row)) {
            case Double x -> digest.update(bytes(Double.doubleToLongBits(x)));
            case Long x -> digest.update(bytes(x));
            case Integer x -> digest.update(bytes(x));
            case Boolean x -> digest.update((byte) (x ? 1 : 0));
            case String x -> digest.update(x.getBytes(StandardCharsets.UTF_8));
            default -> throw new AssertionError();
          }
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  /**
   * The committed rows: the first 100 as text, all of the first 10,000 and of a day near the end of 28 million by
   * checksum. {@code SLIPSTREAM_RENEW=1} writes them anew, which needs a new {@link TruthJson#VERSION}.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void rowsAreTheGoldenOnes(Kind kind) throws IOException {
    GenerateOptions options = options(kind, 10_000, 1);
    List<Block> blocks = blocks(options, 2);
    List<String> golden = new ArrayList<>();
    golden.add("# first 10,000 rows: sha256 " + checksum(blocks));
    Block late =
        new GenerateOptions(kind, 28_000_000, 20, 1, false, false).generator().day(1600).block();
    golden.add("# day 1600: sha256 " + checksum(List.of(late)));
    golden.add(
        String.join(
            ",", options.generator().columns().stream().map(GeneratedColumn::name).toList()));
    golden.addAll(lines(blocks).subList(0, 100));
    Path file = GOLDEN.resolve("golden-" + kind.name().toLowerCase(java.util.Locale.ROOT) + ".csv");
    if (System.getenv("SLIPSTREAM_RENEW") != null) {
      Files.write(file, golden);
    }
    assertEquals(Files.readAllLines(file), golden);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void fewerRowsAreAPrefixOfMoreAndThreadsChangeNothing(Kind kind) {
    List<String> many = lines(blocks(options(kind, 40_000, 1), 3));
    for (int rows : new int[] {1, 777, 16_799, 16_800, 16_801, 39_999}) {
      List<Block> blocks = blocks(options(kind, rows, 1), 1);
      assertEquals(many.subList(0, rows), lines(blocks));
    }
  }

  @Test
  void withoutNoiseParentsCostWhatTheirComponentsSay() {
    int rows = 0;
    for (Block block : blocks(options(Kind.PARENTS, 20_000, 0), 2)) {
      for (int row = 0; row < block.rows(); row++, rows++) {
        ParentParameters p = ParentParameters.standard();
        boolean taking = (boolean) at(block, "taking", row);
        double sigma = number(block, "volatility_bp", row);
        double expected =
            p.spread() * (taking ? 1 : -p.capture()) * number(block, "spread_bp", row) / 2
                + p.impact()
                    * sigma
                    * Math.pow(
                        number(block, "quantity_done", row) / number(block, "adv", row),
                        p.exponent())
                + (p.crossOwn() + p.crossGroup()) * number(block, "own_concurrent", row)
                + p.crossGroup() * number(block, "group_concurrent", row)
                + p.algorithms()[
                    List.of("patient", "scheduled", "urgent").indexOf(at(block, "algorithm", row))];
        assertEquals(expected, number(block, "cost_bp", row), 1e-9);
        assertEquals(number(block, "expected_cost_bp", row), number(block, "cost_bp", row));
      }
    }
    assertEquals(20_000, rows);
  }

  @Test
  void concurrentFlowIsThatOfOtherParents() {
    // Recomputed from the children's quantities of one whole day.
    Block block = options(Kind.PARENTS, 100_000, 0).generator().day(3).block();
    record Key(String instrument, long time) {}
    Map<Key, Double> flow = new java.util.HashMap<>();
    for (int row = 0; row < block.rows(); row++) {
      Key key = new Key((String) at(block, "instrument", row), (long) at(block, "time", row));
      flow.merge(key, number(block, "side", row) * number(block, "quantity", row), Double::sum);
    }
    int busy = 0;
    for (int row = 0; row < block.rows(); row++) {
      Key key = new Key((String) at(block, "instrument", row), (long) at(block, "time", row));
      double side = number(block, "side", row);
      double others = flow.get(key) - side * number(block, "quantity", row);
      double share = others / number(block, "adv", row);
      double sigma = number(block, "volatility_bp", row);
      double expected =
          sigma * sigma / 200 * side * Math.signum(share) * Math.sqrt(Math.abs(share));
      assertEquals(expected, number(block, "own_concurrent", row), 1e-4);
      busy += number(block, "own_concurrent", row) != 0 ? 1 : 0;
    }
    assertTrue(busy > block.rows() / 10, busy + " of " + block.rows());
  }

  @Test
  void withoutNoiseBondsReturnWhatTheirImpactSays() {
    GenerateOptions options = options(Kind.BONDS, 16_800 * 2, 0);
    BondGenerator generator = (BondGenerator) options.generator();
    BondParameters p = BondParameters.standard();
    for (Block block : blocks(options, 2)) {
      // Λ g(q) from the flows themselves, sector by sector.
      double[] impact = new double[BondGenerator.SLOTS];
      for (int bar = 0; bar < BondGenerator.BARS; bar++) {
        for (int i = 0; i < BondGenerator.SLOTS; i++) {
          int sector = i / BondGenerator.SECTOR_SLOTS;
          double[] lambda = generator.impactMatrix(sector)[i % BondGenerator.SECTOR_SLOTS];
          double pushed = 0;
          for (int j = 0; j < lambda.length; j++) {
            int other = bar * BondGenerator.SLOTS + sector * BondGenerator.SECTOR_SLOTS + j;
            double share = number(block, "flow", other) / number(block, "adv", other);
            pushed += lambda[j] * Math.signum(share) * Math.sqrt(Math.abs(share));
          }
          int row = bar * BondGenerator.SLOTS + i;
          double expected = pushed - (1 - p.impactDecay()) * impact[i];
          for (int k = 0; k < 3; k++) {
            expected +=
                p.factorLoadings()[k]
                    * number(block, "volatility_bp", row)
                    * number(block, "factor_" + (k + 1), row);
          }
          impact[i] = p.impactDecay() * impact[i] + pushed;
          assertEquals(expected, number(block, "return_bp", row), 1e-9);
          double half =
              1e4
                  * (number(block, "ask", row) - number(block, "bid", row))
                  / (number(block, "ask", row) + number(block, "bid", row));
          assertEquals(number(block, "expected_ln_half_spread", row), Math.log(half), 1e-9);
        }
        if (bar == 20) {
          break; // enough: the matrices are made anew for each row
        }
      }
    }
  }

  @Test
  void bondsMatureAreReplacedAndOneOfATenorIsOnTheRun() {
    DayGenerator generator = options(Kind.BONDS, 28_000_000, 1).generator();
    Map<String, Integer> matures = new TreeMap<>();
    for (int day = 0; day < 1667; day += 111) {
      Block block = generator.day(day).block();
      int onTheRun = 0;
      for (int row = 0; row < BondGenerator.SLOTS; row++) {
        String bond = (String) at(block, "bond", row);
        int date = (int) at(block, "matures", row);
        assertEquals(date, matures.computeIfAbsent(bond, each -> date), bond);
        long today = (long) at(block, "time", row) / 86_400_000_000_000L;
        assertTrue(date >= today && (int) at(block, "issued", row) <= today, bond);
        onTheRun += (boolean) at(block, "on_the_run", row) ? 1 : 0;
      }
      assertEquals(50, onTheRun);
    }
    assertTrue(matures.size() > 300, matures.size() + " bonds");
  }

  @Test
  void dirtyRowsAreListedAndTheOthersAreClean() {
    GenerateOptions dirty = new GenerateOptions(Kind.BONDS, 200_000, 20, 1, true, false);
    List<String> clean = lines(blocks(options(Kind.BONDS, 200_000, 1), 2));
    List<Block> blocks = new ArrayList<>();
    Map<Long, String> kinds = new TreeMap<>();
    try (DayStream days = new DayStream(dirty.generator(), dirty.rows(), 2)) {
      days.forEachRemaining(blocks::add);
      for (PlacedDefect defect : days.defects()) {
        kinds.put(defect.row(), defect.kind());
      }
    }
    List<String> lines = lines(blocks);
    assertEquals(200_000, lines.size());
    Map<String, Integer> counts = new TreeMap<>();
    int at = 0;
    for (int row = 0; row < lines.size(); row++) {
      String kind = kinds.get((long) row);
      if (kind != null) {
        counts.merge(kind, 1, Integer::sum);
      }
      if ("duplicate".equals(kind)) {
        assertEquals(lines.get(row - 1), lines.get(row));
        continue;
      }
      if (kind == null) {
        assertEquals(clean.get(at), lines.get(row));
      } else {
        assertFalse(clean.get(at).equals(lines.get(row)), kind + " at " + row);
      }
      at++;
    }
    assertEquals(
        List.of("crossed", "duplicate", "null", "stale", "times_ten"),
        List.copyOf(counts.keySet()));
    counts.forEach((kind, count) -> assertTrue(count > 10, kind + " " + count));
  }

  @Test
  void aFolderHoldsRowsTruthAndDefects() throws IOException {
    Path target = folder.resolve("bonds");
    GenerateOptions options = new GenerateOptions(Kind.BONDS, 30_000, 3, 1, true, false);
    Generation.write(options, true, target, 2, Progress.NONE);
    assertEquals(
        List.of("bonds.parquet", "defects.parquet", "truth.json", "truth.parquet"), list(target));
    List<Block> blocks = blocks(options, 1);
    try (Table data = RowFiles.read(target.resolve("bonds.parquet"), Progress.NONE);
        Table truth = RowFiles.read(target.resolve("truth.parquet"), Progress.NONE);
        Table defects = RowFiles.read(target.resolve("defects.parquet"), Progress.NONE)) {
      assertEquals(30_000, data.rows());
      assertEquals(30_000, truth.rows());
      assertTrue(defects.rows() > 5);
      int at = 0;
      for (Block block : blocks) {
        for (int row = 0; row < block.rows(); row++, at++) {
          assertEquals(at(block, "time", row), data.column("time").getLong(at));
          assertEquals(at(block, "bond", row), data.column("bond").getString(at));
          assertEquals(at(block, "return_bp", row), data.column("return_bp").getDouble(at));
          boolean none = block.isNull(index(block, "trade_cost_bp"), row);
          assertEquals(none, data.column("trade_cost_bp").isNull(at));
          assertEquals(
              at(block, "impact_return_bp", row), truth.column("impact_return_bp").getDouble(at));
        }
      }
    }
    String json = Files.readString(target.resolve("truth.json"));
    assertTrue(json.contains("\"impact_decay\" : 0.6"), json.substring(0, 500));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anExperimentReadsTheSameRowsSorted(Kind kind) throws IOException {
    GenerateParameters parameters = new GenerateParameters(kind, 20_000, 20, 1, false, false);
    Importer.Context context =
        new Importer.Context(folder, folder.resolve("table"), 2, Progress.NONE);
    try (Table table = new GenerateImporter().read(parameters, context)) {
      assertEquals(20_000, table.rows());
      assertEquals(kind == Kind.BONDS ? 200 : 480, table.partitions().size());
      assertEquals("bp", table.column("volatility_bp").field().unit());
      double sum = 0;
      for (Block block : blocks(options(kind, 20_000, 1), 1)) {
        for (int row = 0; row < block.rows(); row++) {
          sum += number(block, "volatility_bp", row);
        }
      }
      double read = 0;
      for (long row = 0; row < table.rows(); row++) {
        read += table.column("volatility_bp").getDouble(row);
      }
      assertEquals(sum, read, 1e-6 * sum);
    }
    assertEquals(List.of("table"), list(folder));
  }

  @Test
  void aFolderThatExistsIsNotTouched() throws IOException {
    Path target = Files.createDirectory(folder.resolve("mine"));
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> Generation.write(options(Kind.BONDS, 10, 1), false, target, 1, Progress.NONE));
    assertEquals(Category.CONFLICT, e.category());
    assertEquals(List.of(), list(target));
  }

  @Test
  void cancelledLeavesNothing() throws IOException {
    AtomicLong reached = new AtomicLong();
    Progress progress =
        new Progress() {
          @Override
          public void stage(String stage, long done, long total, String unit) {
            reached.set(done);
          }

          @Override
          public boolean cancelled() {
            return reached.get() > 50_000;
          }
        };
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                Generation.write(
                    options(Kind.PARENTS, 5_000_000, 1), true, folder.resolve("p"), 2, progress));
    assertEquals(Category.CANCELLED, e.category(), e.getMessage());
    assertTrue(reached.get() < 1_000_000, "went on to " + reached);
    assertEquals(List.of(), list(folder));
  }

  @Test
  void wrongOptionsAreRefused() {
    assertThrows(SlipstreamException.class, () -> options(Kind.BONDS, 0, 1));
    assertThrows(SlipstreamException.class, () -> options(Kind.BONDS, 1L << 40, 1));
    assertThrows(SlipstreamException.class, () -> options(Kind.BONDS, 10, Double.NaN));
    assertThrows(SlipstreamException.class, () -> options(Kind.BONDS, 10, -1));
    assertThrows(
        SlipstreamException.class, () -> new GenerateOptions(Kind.PARENTS, 10, 1, 1, true, false));
    assertThrows(
        SlipstreamException.class, () -> new GenerateOptions(Kind.BONDS, 10, 1, 1, false, true));
  }

  /** Children of a parent share its path: their noise is correlated, that of different parents is not. */
  @Test
  void noiseOfOneParentIsShared() {
    Day day = options(Kind.PARENTS, 1_000_000, 1).generator().day(0);
    Block block = day.block();
    double within = 0;
    double between = 0;
    double squares = 0;
    for (int row = 1; row < block.rows(); row++) {
      double now = residual(block, row);
      double before = residual(block, row - 1);
      squares += now * now;
      if ((long) at(block, "parent", row) == (long) at(block, "parent", row - 1)) {
        within += now * before;
      } else {
        between += now * before;
      }
    }
    assertTrue(within / squares > 0.5, "within " + within / squares);
    assertEquals(0, between / squares, 0.02);
  }

  @Test
  void endogenousSizesFollowMomentum() {
    GenerateOptions options = new GenerateOptions(Kind.PARENTS, 16_000, 20, 1, false, true);
    double with = correlation(options);
    double without = correlation(options(Kind.PARENTS, 16_000, 1));
    assertTrue(with > 0.3, "correlation " + with);
    assertEquals(0, without, 0.1);
  }

  private static double correlation(GenerateOptions options) {
    double xy = 0;
    double xx = 0;
    double yy = 0;
    double half = Math.log(Math.sqrt(1e-4 * 0.25));
    for (Block block : blocks(options, 2)) {
      for (int row = 0; row < block.rows(); row++) {
        if ((long) at(block, "child", row) == 0) {
          double x = number(block, "momentum", row);
          double y =
              Math.log(number(block, "parent_quantity", row) / number(block, "adv", row)) - half;
          xy += x * y;
          xx += x * x;
          yy += y * y;
        }
      }
    }
    return xy / Math.sqrt(xx * yy);
  }

  private static double residual(Block block, int row) {
    return (number(block, "cost_bp", row) - number(block, "expected_cost_bp", row))
        / number(block, "volatility_bp", row);
  }

  private static int index(Block block, String name) {
    return block.schema().stream().map(GeneratedColumn::name).toList().indexOf(name);
  }

  private static Object at(Block block, String name, int row) {
    return value(block.column(index(block, name)), row);
  }

  private static double number(Block block, String name, int row) {
    return (double) at(block, name, row);
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
