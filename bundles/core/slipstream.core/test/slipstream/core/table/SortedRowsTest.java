package slipstream.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.MemoryFolder;

/** Rows appended in any order, against a stable sort of objects. */
class SortedRowsTest {
  private static final String[] NAMES = {"B", "A", "Ä", "𝒳", "\uffee", "AA", "", "b"};

  private static final List<Field> FIELDS =
      List.of(
          new Field("i", ColumnType.STRING),
          new Field("t", ColumnType.TIMESTAMP),
          new Field("x", ColumnType.FLOAT64, "USD"),
          new Field("f", ColumnType.FLOAT32),
          new Field("n", ColumnType.INT32),
          new Field("b", ColumnType.BOOLEAN),
          new Field("s", ColumnType.STRING));

  private record Row(String instrument, long time, Object[] values) {
    private byte[] bytes() {
      return instrument.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Few times, so that many are equal; one row in three has a null. */
  private static List<Row> random(long seed, int rows) {
    SplittableRandom random = new SplittableRandom(seed);
    int times = random.nextInt(1, 40);
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Object[] values = {
        random.nextBoolean() ? Double.NaN : (double) i,
        (float) i,
        i,
        random.nextBoolean(),
        "text " + random.nextInt(9)
      };
      if (random.nextInt(3) == 0) {
        values[random.nextInt(values.length)] = null;
      }
      list.add(
          new Row(NAMES[random.nextInt(NAMES.length)], random.nextInt(times) - times / 2, values));
    }
    return list;
  }

  /** A merge sort, which keeps the order of equal rows. */
  private static List<Row> sorted(List<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        Comparator.comparing(Row::bytes, Arrays::compareUnsigned).thenComparingLong(Row::time));
    return sorted;
  }

  private static void append(TableWriter writer, List<Row> rows) {
    for (Row row : rows) {
      writer.column(0).addString(row.instrument);
      writer.column(1).addLong(row.time);
      for (int i = 0; i < row.values.length; i++) {
        ColumnBuilder column = writer.column(i + 2);
        switch (row.values[i]) {
          case null -> column.addNull();
          case Double value -> column.addDouble(value);
          case Float value -> column.addDouble(value);
          case Integer value -> column.addLong(value);
          case Boolean value -> column.addLong(value ? 1 : 0);
          case String value -> column.addString(value);
          default -> throw new IllegalArgumentException();
        }
      }
    }
  }

  /** The bytes of all files of a table. */
  private static Map<String, List<Byte>> bytes(Path folder) throws IOException {
    Map<String, List<Byte>> files = new HashMap<>();
    try (var paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        byte[] content = Files.readAllBytes(path);
        files.put(
            path.getFileName().toString(),
            IntStream.range(0, content.length).mapToObj(i -> content[i]).toList());
      }
    }
    return files;
  }

  private static TableWriter writer(Path target) {
    return new TableWriter(target, new Schema(FIELDS), "t", "i");
  }

  @Property(tries = 60)
  void areThoseOfAStableSort(@ForAll long seed, @ForAll @IntRange(max = 300) int rows)
      throws IOException {
    check(random(seed, rows));
  }

  @Test
  void areThoseOfAStableSortOverManyBlocks() throws IOException {
    for (int rows : new int[] {8_191, 8_192, 8_193, 40_000}) {
      check(random(rows, rows));
    }
  }

  private static void check(List<Row> rows) throws IOException {
    Path folder = MemoryFolder.create();
    try {
      List<Row> expected = sorted(rows);
      try (TableWriter writer = writer(folder.resolve("expected"))) {
        append(writer, expected);
        writer.finish().close();
      }
      Map<String, Long> last = new HashMap<>();
      long backwards =
          rows.stream()
              .filter(
                  row -> {
                    Long before = last.put(row.instrument, row.time);
                    return before != null && row.time < before;
                  })
              .count();
      for (int threads : new int[] {1, 2, 9}) {
        Path target = folder.resolve("sorted" + threads);
        try (TableWriter writer = writer(target)) {
          append(writer, rows);
          TableWriter.Sorted sorted = writer.finishSorted(threads, Progress.NONE, _ -> {});
          assertEquals(!expected.equals(rows), sorted.moved());
          assertEquals(backwards, sorted.backwards());
          try (Table table = sorted.table();
              Table wanted = Table.open(folder.resolve("expected"))) {
            assertNull(Tables.difference(wanted, table));
            assertEquals(wanted.partitions(), table.partitions());
            assertEquals(wanted.hash(), table.hash());
          }
        }
        assertEquals(bytes(folder.resolve("expected")), bytes(target));
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  @Test
  void withoutTimeOrInstrument() throws IOException {
    Path folder = MemoryFolder.create();
    try {
      Schema schema = new Schema(FIELDS.subList(0, 2));
      for (String key : new String[] {"i", "t", ""}) {
        Path target = folder.resolve("table" + key);
        try (TableWriter writer =
            new TableWriter(
                target, schema, key.equals("t") ? "t" : "", key.equals("i") ? "i" : "")) {
          for (int i = 0; i < 4; i++) {
            writer.column(0).addString(i % 2 == 0 ? "z" : "a");
            writer.column(1).addLong(4 - i);
          }
          try (Table table = writer.finishSorted(2, Progress.NONE, _ -> {}).table()) {
            long[] times = table.column("t").toLongs(0, 4);
            long[] expected =
                switch (key) {
                  case "i" -> new long[] {3, 1, 4, 2};
                  case "t" -> new long[] {1, 2, 3, 4};
                  default -> new long[] {4, 3, 2, 1};
                };
            assertEquals(Arrays.toString(expected), Arrays.toString(times), key);
          }
        }
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  @Test
  void cancellingLeavesNothing() throws IOException {
    List<Row> rows = random(5, 30_000);
    SplittableRandom random = new SplittableRandom(11);
    for (int trial = 0; trial < 12; trial++) {
      Path folder = MemoryFolder.create();
      AtomicInteger left = new AtomicInteger(random.nextInt(30));
      Progress progress =
          new Progress() {
            @Override
            public boolean cancelled() {
              return left.getAndDecrement() <= 0;
            }
          };
      try {
        try (TableWriter writer = writer(folder.resolve("t"))) {
          append(writer, rows);
          SlipstreamException e =
              assertThrows(
                  SlipstreamException.class, () -> writer.finishSorted(2, progress, _ -> {}));
          assertEquals(Category.CANCELLED, e.category());
        }
        try (var files = Files.list(folder)) {
          assertEquals(List.of(), files.toList());
        }
      } finally {
        AtomicFiles.deleteRecursively(folder);
      }
    }
  }

  @Test
  void manyValuesAtOnceAreThoseOneByOne() {
    SplittableRandom random = new SplittableRandom(3);
    for (Field field : FIELDS) {
      try (ColumnBuilder one = ColumnBuilder.inMemory(field);
          ColumnBuilder many = ColumnBuilder.inMemory(field)) {
        ColumnBuilder.Words words = new ColumnBuilder.Words(List.of("c", "a", "b"));
        for (int block = 0; block < 40; block++) {
          int count = random.nextInt(2_048);
          long[] present = block < 3 || random.nextBoolean() ? null : new long[32];
          long[] longs = new long[count];
          for (int i = 0; i < count; i++) {
            boolean value = present == null || random.nextInt(4) > 0;
            if (value && present != null) {
              present[i >> 6] |= 1L << (i & 63);
            }
            longs[i] = value ? random.nextInt(3) : 0;
            if (!value) {
              one.addNull();
            } else {
              switch (field.type()) {
                case FLOAT64, FLOAT32 -> one.addDouble(longs[i]);
                case STRING -> one.addString(List.of("c", "a", "b").get((int) longs[i]));
                default -> one.addLong(longs[i]);
              }
            }
          }
          int[] ints = Arrays.stream(longs).mapToInt(each -> (int) each).toArray();
          switch (field.type()) {
            case FLOAT64 ->
                many.addDoubles(
                    Arrays.stream(longs).mapToDouble(each -> each).toArray(), count, present);
            case FLOAT32 -> {
              float[] floats = new float[count];
              for (int i = 0; i < count; i++) {
                floats[i] = longs[i];
              }
              many.addFloats(floats, count, present);
            }
            case INT64, TIMESTAMP -> many.addLongs(longs, count, present);
            case INT32 -> many.addInts(ints, count, present);
            case BOOLEAN -> {
              byte[] bytes = new byte[count];
              for (int i = 0; i < count; i++) {
                bytes[i] = (byte) Math.min(1, longs[i]);
              }
              many.addBooleans(bytes, count, present);
            }
            case STRING -> many.addWords(ints, count, present, words);
          }
        }
        Table left = Table.of(List.of(one.build()), "", "");
        Table right = Table.of(List.of(many.build()), "", "");
        assertNull(Tables.difference(left, right), field.toString());
        assertEquals(left.hash(), right.hash(), field.toString());
      }
    }
  }

  @Test
  void aBlockThatCannotBeWrittenFailsTheTable() throws IOException {
    Path folder = MemoryFolder.create();
    try (BlockWriter blocks = new BlockWriter()) {
      ColumnBuilder column =
          ColumnBuilder.toFile(new Field("x", ColumnType.INT64), folder.resolve("x"), blocks);
      column.close();
      long[] values = new long[1 << 13];
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () -> {
                column.addLongs(values, values.length, null);
                column.addLongs(values, values.length, null);
                blocks.finish();
              });
      assertEquals(Category.UNAVAILABLE, e.category());
      assertFalse(e.getMessage().contains("\n"));
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }
}
