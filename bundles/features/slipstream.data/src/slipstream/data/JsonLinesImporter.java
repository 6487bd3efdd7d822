package slipstream.data;

import java.nio.file.Path;
import java.util.List;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.Importer;
import slipstream.core.table.Table;
import slipstream.data.internal.JsonLinesSource;
import slipstream.data.internal.TableImport;

/** Reads files of JSON lines, plain or compressed by gzip or zstd. */
public final class JsonLinesImporter implements Importer<JsonLinesParameters> {
  @Override
  public String name() {
    return "jsonl";
  }

  @Override
  public String summary() {
    return "Reads files of one JSON object a line, plain, .gz or .zst.";
  }

  @Override
  public Class<JsonLinesParameters> parameters() {
    return JsonLinesParameters.class;
  }

  @Override
  public Table read(JsonLinesParameters parameters, Context context) {
    return TableImport.run(parameters.options(), context, opener(parameters));
  }

  @Override
  public ImportPreview preview(JsonLinesParameters parameters, Context context, int rows) {
    return TableImport.preview(parameters.options(), context, opener(parameters), rows);
  }

  @Override
  public List<Path> inputs(JsonLinesParameters parameters, Context context) {
    return TableImport.inputs(parameters.options(), context);
  }

  private static TableImport.Opener opener(JsonLinesParameters parameters) {
    return request -> new JsonLinesSource(request, parameters.nullValues());
  }
}
