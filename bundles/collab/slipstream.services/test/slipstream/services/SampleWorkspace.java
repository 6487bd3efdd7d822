package slipstream.services;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/** Data and an experiment with something to find, small enough to run in a moment. */
public final class SampleWorkspace {
  /** An experiment on {@code trades.csv}. */
  public static final String EXPERIMENT =
      """
      slipstream: 1
      name: small
      description: A small one
      seed: 7
      data: {importer: csv, path: trades.csv, time: time, time_unit: s, instrument_value: TEST}
      prepare:
        - {extractor: bars, interval: 30s, price: price, size: size}
      features:
        ret_1: logret(close, 1)
        flow_1: signed_volume
        mean_volume: mean(volume, 10)
      targets:
        next_return:
          expression: 1e4 * lead(logret(close, 1), 1)
          unit: bp
      models:
        trees: {trainer: boosted-trees, rounds: 20, depth: 3}
        ridge: {trainer: ridge}
      validation: {folds: 2}
      """;

  private SampleWorkspace() {}

  /** Writes {@code trades.csv} and {@code small.slip.yaml}. */
  public static void write(Path folder, int rows) throws IOException {
    StringBuilder csv = new StringBuilder("time,price,size\n");
    SplittableRandom random = new SplittableRandom(11);
    double price = 100;
    double pressure = 0;
    for (int i = 0; i < rows; i++) {
      pressure = 0.8 * pressure + random.nextDouble() - 0.5;
      price *= Math.exp(2e-4 * pressure + 1e-4 * (random.nextDouble() - 0.5));
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,%.4f,%.3f%n",
              1_700_000_000L + i * 5L,
              price,
              0.1 + random.nextDouble() + Math.abs(pressure)));
    }
    Files.writeString(folder.resolve("trades.csv"), csv);
    Files.writeString(folder.resolve("small.slip.yaml"), EXPERIMENT);
  }
}
