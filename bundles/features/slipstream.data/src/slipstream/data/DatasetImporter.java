package slipstream.data;

import slipstream.core.spi.Importer;
import slipstream.core.table.Table;

/** Reads what was imported before, without another import. */
public final class DatasetImporter implements Importer<DatasetParameters> {
  @Override
  public String name() {
    return "dataset";
  }

  @Override
  public String summary() {
    return "Reads a dataset that was imported into the workspace.";
  }

  @Override
  public Class<DatasetParameters> parameters() {
    return DatasetParameters.class;
  }

  @Override
  public Table read(DatasetParameters parameters, Context context) {
    return context
        .datasets()
        .open(
            parameters.version() == 0
                ? parameters.name()
                : parameters.name() + "@" + parameters.version());
  }
}
