package slipstream.data;

import slipstream.core.spi.Importer;
import slipstream.core.table.Table;
import slipstream.data.internal.CsvSource;
import slipstream.data.internal.TableImport;

/** Reads CSV files, plain or compressed by gzip or zstd. */
public final class CsvImporter implements Importer<CsvParameters> {
  @Override
  public String name() {
    return "csv";
  }

  @Override
  public String summary() {
    return "Reads a CSV file with a header line, plain, .gz or .zst.";
  }

  @Override
  public Class<CsvParameters> parameters() {
    return CsvParameters.class;
  }

  @Override
  public Table read(CsvParameters parameters, Context context) {
    return TableImport.run(
        parameters.options(),
        context,
        (database, file, userName, stage) ->
            new CsvSource(
                database,
                file,
                userName,
                stage,
                parameters.delimiter(),
                parameters.nullValues(),
                parameters.options()));
  }
}
