package slipstream.data;

import slipstream.core.spi.Importer;
import slipstream.core.table.Table;
import slipstream.data.internal.ParquetSource;
import slipstream.data.internal.TableImport;

/** Reads Parquet files. */
public final class ParquetImporter implements Importer<ParquetParameters> {
  @Override
  public String name() {
    return "parquet";
  }

  @Override
  public String summary() {
    return "Reads a Parquet file.";
  }

  @Override
  public Class<ParquetParameters> parameters() {
    return ParquetParameters.class;
  }

  @Override
  public Table read(ParquetParameters parameters, Context context) {
    return TableImport.run(
        parameters.options(),
        context,
        (database, file, userName, stage) -> new ParquetSource(database, file, userName));
  }
}
