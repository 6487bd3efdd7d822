package slipstream.data;

import java.nio.file.Path;
import java.util.List;
import slipstream.core.spi.ImportPreview;
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
    return "Reads CSV files with a header line, plain, .gz or .zst.";
  }

  @Override
  public Class<CsvParameters> parameters() {
    return CsvParameters.class;
  }

  @Override
  public Table read(CsvParameters parameters, Context context) {
    return TableImport.run(parameters.options(), context, opener(parameters));
  }

  @Override
  public ImportPreview preview(CsvParameters parameters, Context context, int rows) {
    return TableImport.preview(parameters.options(), context, opener(parameters), rows);
  }

  @Override
  public List<Path> inputs(CsvParameters parameters, Context context) {
    return TableImport.inputs(parameters.options(), context);
  }

  private static TableImport.Opener opener(CsvParameters parameters) {
    return request -> new CsvSource(request, parameters.delimiter(), parameters.nullValues());
  }
}
