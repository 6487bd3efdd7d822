package slipstream.data;

import java.nio.file.Path;
import java.util.List;
import slipstream.core.spi.ImportPreview;
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
    return "Reads Parquet files.";
  }

  @Override
  public Class<ParquetParameters> parameters() {
    return ParquetParameters.class;
  }

  @Override
  public Table read(ParquetParameters parameters, Context context) {
    return TableImport.run(parameters.options(), context, opener(parameters));
  }

  @Override
  public ImportPreview preview(ParquetParameters parameters, Context context, int rows) {
    return TableImport.preview(parameters.options(), context, opener(parameters), rows);
  }

  @Override
  public List<Path> inputs(ParquetParameters parameters, Context context) {
    return TableImport.inputs(parameters.options(), context);
  }

  private static TableImport.Opener opener(ParquetParameters parameters) {
    return ParquetSource::new;
  }
}
