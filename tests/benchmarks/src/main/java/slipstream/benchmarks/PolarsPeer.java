package slipstream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The team's two features by nodejs-polars, from Parquet to Parquet, in a process of Node's: only where {@code node} finds
 * the module, along {@code NODE_PATH}. Nothing of it comes with this project.
 */
final class PolarsPeer {
  static final String NAME = "nodejs-polars";

  /** What to do where it is not there. */
  static final String ABSENT =
      "nodejs-polars is not compared: npm install nodejs-polars, then set NODE_PATH to that folder's node_modules";

  private static final String SCRIPT =
      """
      const pl = require('nodejs-polars');
      const [file, out] = process.argv.slice(2);
      const start = process.hrtime.bigint();
      pl.readParquet(file)
        .withColumns(
          pl.col('volume').cast(pl.Float64).rollingMean(30).over('instrument').alias('f0'),
          pl.col('adj_close').rollingMedian(30).over('instrument').alias('f1'))
        .select('instrument', 'time', 'f0', 'f1')
        .writeParquet(out);
      console.log(Number(process.hrtime.bigint() - start) / 1e9);
      """;

  private PolarsPeer() {}

  static boolean present() throws IOException, InterruptedException {
    try {
      Process process =
          new ProcessBuilder("node", "-e", "require('nodejs-polars')")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false; // no node
    }
  }

  /** Seconds from reading the file to having written the other, without Node's own start. */
  static double seconds(Path parquet, Path out, int threads)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("slipstream-polars", ".js");
    try {
      Files.writeString(script, SCRIPT);
      ProcessBuilder builder =
          new ProcessBuilder(
              List.of("node", script.toString(), parquet.toString(), out.toString()));
      builder.environment().put("POLARS_MAX_THREADS", Integer.toString(threads));
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String answer = new String(process.getInputStream().readAllBytes()).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("nodejs-polars failed");
      }
      return Double.parseDouble(answer);
    } finally {
      Files.delete(script);
    }
  }
}
