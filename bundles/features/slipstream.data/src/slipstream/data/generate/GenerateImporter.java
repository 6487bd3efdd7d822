package slipstream.data.generate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;
import slipstream.data.ParquetImporter;
import slipstream.data.ParquetParameters;

/**
 * Generated rows as a table, sorted by instrument and time, so that an experiment needs no file. The table is that of
 * the Parquet file that {@link Generation} writes.
 */
public final class GenerateImporter implements Importer<GenerateParameters> {
  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String summary() {
    return "Generates data whose true parameters are known: parent orders or bonds.";
  }

  @Override
  public Class<GenerateParameters> parameters() {
    return GenerateParameters.class;
  }

  @Override
  public Table read(GenerateParameters parameters, Context context) {
    GenerateOptions options = parameters.options();
    Path folder = context.target().resolveSibling(context.target().getFileName() + "-generated");
    try {
      Generation.write(options, false, folder, context.threads(), context.progress());
      Map<String, Object> given = new LinkedHashMap<>();
      given.put("path", folder.resolve(Generation.fileName(options)).toString());
      given.put("time", "time");
      given.put("instrument", options.kind() == GenerateOptions.Kind.BONDS ? "bond" : "instrument");
      Map<String, Object> units = new LinkedHashMap<>();
      for (GeneratedColumn column : options.generator().columns()) {
        if (!column.truth() && !column.unit().isEmpty()) {
          units.put(column.name(), column.unit());
        }
      }
      given.put("units", units);
      return new ParquetImporter()
          .read(ParameterForm.bind(ParquetParameters.class, given, "data"), context);
    } finally {
      try {
        AtomicFiles.deleteRecursively(folder);
      } catch (IOException e) {
        throw AtomicFiles.explain("remove", folder, e);
      }
    }
  }
}
