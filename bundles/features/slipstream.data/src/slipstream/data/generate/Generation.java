package slipstream.data.generate;

import static slipstream.data.generate.GeneratedColumn.Type.TEXT;
import static slipstream.data.generate.GeneratedColumn.Type.WHOLE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.data.generate.DayStream.PlacedDefect;
import slipstream.data.internal.ParquetStream;

/**
 * Writes generated data to a folder: the rows as {@code bonds.parquet} or {@code parents.parquet}, what they were made
 * of as {@code truth.json}; on request each row's expected components as {@code truth.parquet}; and for dirty data
 * {@code defects.parquet}.
 *
 * <p>The rows depend on the options alone, not on threads.
 */
public final class Generation {
  private static final List<GeneratedColumn> DEFECTS =
      List.of(
          new GeneratedColumn("row", WHOLE, "", "Row of the data, from 0", false),
          new GeneratedColumn("kind", TEXT, "", "What is wrong with it", false));

  private Generation() {}

  /** The name of the file of rows. */
  public static String fileName(GenerateOptions options) {
    return options.kind().name().toLowerCase(Locale.ROOT) + ".parquet";
  }

  /**
   * Generates into a new folder, which is there when all of it is.
   *
   * @param truthRows whether to write the truth of each row as well
   * @param threads at most this many make rows
   * @throws slipstream.core.SlipstreamException CONFLICT when the folder exists; CANCELLED; nothing is left behind
   */
  public static void write(
      GenerateOptions options, boolean truthRows, Path folder, int threads, Progress progress) {
    try {
      if (Files.exists(folder)) {
        throw new FileAlreadyExistsException(folder.toString());
      }
      Path scratch = AtomicFiles.scratchDirectory(folder);
      Thread abandoned = Thread.ofPlatform().unstarted(() -> remove(scratch));
      try {
        // A process that is ended by a signal removes what may be gigabytes.
        Runtime.getRuntime().addShutdownHook(abandoned);
        DayGenerator generator = options.generator();
        List<PlacedDefect> defects =
            rows(generator, options, false, scratch, fileName(options), threads, progress);
        if (truthRows) {
          rows(generator, options, true, scratch, "truth.parquet", threads, progress);
        }
        if (options.dirty()) {
          Block list = list(defects);
          Path file = scratch.resolve("defects.parquet");
          ParquetStream.write(
              List.of(list).iterator(), DEFECTS, false, list.rows(), file, "defects", progress);
          AtomicFiles.sync(file);
        }
        AtomicFiles.write(scratch.resolve("truth.json"), TruthJson.bytes(options, generator));
        progress.checkCancelled();
        AtomicFiles.moveDirectory(scratch, folder);
      } finally {
        AtomicFiles.deleteRecursively(scratch);
        keep(abandoned);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("generate", folder, e);
    } catch (UncheckedIOException e) {
      throw AtomicFiles.explain("generate", folder, e.getCause());
    }
  }

  /**
   * Makes rows without writing them, a block of consecutive rows at a time.
   *
   * @param threads at most this many make rows
   * @param use called for each block in order, in the calling thread
   */
  public static void rows(GenerateOptions options, int threads, Consumer<Block> use) {
    try (DayStream days = new DayStream(options.generator(), options.rows(), threads)) {
      days.forEachRemaining(use);
    }
  }

  private static void keep(Thread abandoned) {
    try {
      Runtime.getRuntime().removeShutdownHook(abandoned);
    } catch (IllegalStateException e) {
      return; // the process is ending: the hook has run or is about to
    }
  }

  private static void remove(Path scratch) {
    try {
      AtomicFiles.deleteRecursively(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<PlacedDefect> rows(
      DayGenerator generator,
      GenerateOptions options,
      boolean truth,
      Path scratch,
      String name,
      int threads,
      Progress progress)
      throws IOException {
    Path file = scratch.resolve(name);
    try (DayStream days = new DayStream(generator, options.rows(), threads)) {
      ParquetStream.write(days, generator.columns(), truth, options.rows(), file, name, progress);
      AtomicFiles.sync(file);
      return days.defects();
    }
  }

  private static Block list(List<PlacedDefect> defects) {
    Block block = new Block(DEFECTS, defects.size());
    for (int i = 0; i < defects.size(); i++) {
      block.wholes(0)[i] = defects.get(i).row();
      block.texts(1)[i] = defects.get(i).kind();
    }
    return block;
  }
}
