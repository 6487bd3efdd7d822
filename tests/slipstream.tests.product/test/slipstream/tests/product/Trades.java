package slipstream.tests.product;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/** A small file of trades with an impact to find, and an experiment on it. */
final class Trades {
  private Trades() {}

  /** Writes {@code trades.csv} and {@code small.slip.yaml}; returns the experiment. */
  static Path write(Path folder, int rows) throws IOException {
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
    return experiment(folder, "small.slip.yaml", "");
  }

  /** Writes an experiment on {@code trades.csv}; {@code more} is appended. */
  static Path experiment(Path folder, String name, String more) throws IOException {
    String text =
        """
        slipstream: 1
        name: small
        seed: 7
        data: {importer: csv, path: trades.csv, time: time, time_unit: s, instrument_value: TEST}
        prepare:
          - {extractor: bars, interval: 30s, price: price, size: size}
        features:
          ret_1: logret(close, 1)
          flow_1: signed_volume
          vol_10: std(ret_1, 10)
          mean_volume: mean(volume, 10)
        targets:
          next_return:
            expression: 1e4 * lead(logret(close, 1), 1)
            unit: bp
        models:
          trees: {trainer: boosted-trees, rounds: 40, depth: 3}
          ridge: {trainer: ridge}
        validation: {folds: 2}
        export: [onnx]
        """;
    return Files.writeString(folder.resolve(name), text + more);
  }
}
