package slipstream.services.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.PluginUse;
import slipstream.core.progress.Progress;
import slipstream.core.provenance.Provenance;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.FeatureRows;
import slipstream.core.spi.Model;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;
import slipstream.data.RowFiles;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.PredictFileResult;
import slipstream.store.ModelRecord;
import slipstream.training.model.ModelPackage;
import slipstream.training.preparation.Preparation;

/** A model archive, ready to predict. */
final class PackagedModel implements Pipeline.LoadedModel {
  private static final Logger LOG = LoggerFactory.getLogger(PackagedModel.class);
  private static final int CSV_ROWS = 2000;
  private static final int VERIFICATION_ROWS = 20_000;
  private static final int MAX_HEADER = 1 << 20;

  private final ModelPackage model;
  private final ContentStore content;
  private final List<ModelRecord.Input> inputs;

  PackagedModel(ModelPackage model, ContentStore content) {
    this.model = model;
    this.content = content;
    this.inputs =
        model.inputs().stream()
            .map(
                each ->
                    new ModelRecord.Input(
                        each.name(),
                        orEmpty(each.unit()),
                        each.given(),
                        orEmpty(each.expression())))
            .toList();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  @Override
  public String experiment() {
    return model.provenance().experiment();
  }

  @Override
  public String trainer() {
    return model.model().trainer();
  }

  @Override
  public String target() {
    return model.target().name();
  }

  @Override
  public String unit() {
    return orEmpty(model.target().unit());
  }

  @Override
  public long trainingRows() {
    return model.provenance().trainingRows();
  }

  @Override
  public List<ModelRecord.Input> inputs() {
    return inputs;
  }

  @Override
  public SequencedMap<String, String> provenance() {
    Provenance from = model.provenance();
    SequencedMap<String, String> provenance = new LinkedHashMap<>();
    provenance.put("experiment", from.experiment());
    provenance.put("experiment_hash", from.experimentHash());
    provenance.put("data_hash", from.dataHash());
    from.inputs().forEach((key, hash) -> provenance.put("data_hash." + key, hash));
    provenance.put("features_hash", from.featuresHash());
    provenance.put("code_version", from.codeVersion());
    from.plugins().forEach((plugin, source) -> provenance.put("plugins." + plugin, source));
    provenance.put("trainer", from.trainer());
    from.parameters().forEach((name, value) -> provenance.put("parameters." + name, value));
    provenance.put("seed", Long.toString(from.seed()));
    provenance.put("training_rows", Long.toString(from.trainingRows()));
    if (!from.search().isEmpty()) {
      provenance.put("search", from.search());
    }
    return provenance;
  }

  @Override
  public boolean categorical(int input) {
    return model.inputs().get(input).categorical();
  }

  @Override
  public List<String> categories(int input) {
    return categorical(input) && !model.model().features().isEmpty()
        ? model.model().categories(input)
        : List.of();
  }

  @Override
  public List<Object> example() {
    return model.example().size() == inputs.size() ? model.example() : null;
  }

  @Override
  public Model model() {
    return model.model();
  }

  @Override
  public double[][] predict(FeatureMatrix rows) {
    return model.predictAll(rows);
  }

  // ------------------------------------------------------------------- files

  @Override
  public PredictFileResult predictFile(
      Path input, Path output, Pipeline.CsvSink csv, Progress progress) {
    if (!Files.exists(input)) {
      throw SlipstreamException.notFound("there is no file " + input, "Check the path.");
    }
    if (output != null && output.equals(input)) {
      throw SlipstreamException.invalid(
          "the output would replace the input " + input, "Name another file for the output.");
    }
    boolean inputs = holdsInputs(input);
    try (ModelRows rows = fileRows(input, inputs, progress)) {
      double[][] predictions = predict(rows.inputs());
      return write(inputs ? rows.table() : key(rows.table()), predictions, output, csv, progress);
    }
  }

  private Set<String> names() {
    return inputs.stream().map(ModelRecord.Input::name).collect(Collectors.toSet());
  }

  /**
   * Whether a file's columns are the model's inputs, rather than the data that they are made from.
   */
  private boolean holdsInputs(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      try (Table table = RowFiles.read(file, Progress.NONE)) {
        return Set.copyOf(table.schema().names()).containsAll(names());
      }
    }
    try (InputStream in = Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    name.endsWith(".gz") ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8))) {
      char[] begin = new char[MAX_HEADER];
      int length = 0;
      int read = reader.read(begin, 0, MAX_HEADER);
      while (read > 0 && length + read < MAX_HEADER && !contains(begin, length, read)) {
        length += read;
        read = reader.read(begin, length, MAX_HEADER - length);
      }
      String header =
          new String(begin, 0, length + Math.max(0, read)).lines().findFirst().orElse("");
      List<String> columns = new ArrayList<>();
      for (String column : header.replace("\uFEFF", "").split("[,;\t|]")) {
        columns.add(column.strip().replaceAll("^\"|\"$", ""));
      }
      return Set.copyOf(columns).containsAll(names());
    } catch (IOException e) {
      throw AtomicFiles.explain("read the input", file, e);
    }
  }

  private static boolean contains(char[] text, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (text[i] == '\n' || text[i] == '\r') {
        return true;
      }
    }
    return false;
  }

  @Override
  public ModelRows rows(ModelRows.Source source, Progress progress) {
    return switch (source) {
      case ModelRows.Source.File(Path file) -> {
        if (!Files.exists(file)) {
          throw SlipstreamException.notFound("there is no file " + file, "Check the path.");
        }
        yield fileRows(file, holdsInputs(file), progress);
      }
      case ModelRows.Source.Data(Supplier<Table> open) -> {
        Table table = open.get();
        if (Set.copyOf(table.schema().names()).containsAll(names())) {
          yield columns(table, "the dataset");
        }
        yield computed(
            (scratch, threads) -> table, (scratch, threads) -> this::storedData, progress);
      }
    };
  }

  private ModelRows fileRows(Path file, boolean inputs, Progress progress) {
    return inputs
        ? columns(RowFiles.read(file, progress), file.toString())
        : computed(
            (scratch, threads) -> model.readRaw(file, scratch, threads, progress),
            (scratch, threads) ->
                model.otherFiles(file.toAbsolutePath().getParent(), scratch, threads, progress),
            progress);
  }

  /** Rows whose columns are the inputs. */
  private ModelRows columns(Table table, String label) {
    try {
      FeatureRows rows =
          new FeatureRows(
              inputs.stream().map(ModelRecord.Input::name).toList(), Math.toIntExact(table.rows()));
      for (int i = 0; i < inputs.size(); i++) {
        Column column = table.column(inputs.get(i).name());
        if (categorical(i)) {
          setCategories(column, rows, i);
          continue;
        }
        if (!column.type().numeric()) {
          throw SlipstreamException.invalid(
              "column '" + column.name() + "' is " + column.type() + ", not numbers",
              Place.file(label),
              "Mend the column; an unknown value is an empty field.");
        }
        double[] values = column.toDoubles();
        for (int row = 0; row < values.length; row++) {
          rows.set(row, i, values[row]);
        }
      }
      return new ModelRows(table, rows.matrix(), table::close);
    } catch (RuntimeException e) {
      table.close();
      throw e;
    }
  }

  /** Categories that are written as numbers are texts none the less. */
  private static void setCategories(Column column, FeatureRows rows, int input) {
    for (int row = 0; row < column.rows(); row++) {
      if (!column.isNull(row)) {
        rows.set(
            row,
            input,
            column.type().numeric()
                ? FeatureRows.category(column.getDouble(row))
                : column.getString(row));
      }
    }
  }

  private interface InScratch<T> {
    T make(Path scratch, int threads);
  }

  /** Rows whose inputs are made from raw data, which is closed with them. */
  private ModelRows computed(
      InScratch<Table> data, InScratch<Preparation.OtherData> others, Progress progress) {
    Path scratch = content.scratch().resolve("rows-" + UUID.randomUUID());
    int threads = Runtime.getRuntime().availableProcessors();
    Table raw = null;
    try {
      Files.createDirectories(scratch);
      Table opened = data.make(scratch, threads);
      raw = opened;
      ModelPackage.RawInputs values =
          model.inputsFromRaw(opened, others.make(scratch, threads), scratch, threads, progress);
      progress.checkCancelled();
      return new ModelRows(
          values.prepared(),
          model.inputs(values.matrix()),
          () -> {
            values.close();
            opened.close();
            remove(scratch);
          });
    } catch (IOException e) {
      throw AtomicFiles.explain("compute the inputs in", scratch, e);
    } catch (RuntimeException e) {
      if (raw != null) {
        raw.close();
      }
      remove(scratch);
      throw e;
    }
  }

  private static void remove(Path folder) {
    try {
      AtomicFiles.deleteRecursively(folder);
    } catch (IOException e) {
      LOG.warn("{} could not be removed", folder, e);
    }
  }

  /** Time and instrument of the rows: what tells which is which. */
  private static Table key(Table table) {
    List<Column> columns = new ArrayList<>();
    if (table.hasTime()) {
      columns.add(table.time());
    }
    if (!table.instrumentColumn().isEmpty()) {
      columns.add(table.column(table.instrumentColumn()));
    }
    if (columns.isEmpty()) {
      columns.addAll(table.columns());
    }
    return Table.of(columns, "", "");
  }

  private PredictFileResult write(
      Table rows, double[][] predictions, Path output, Pipeline.CsvSink csv, Progress progress) {
    String name = target();
    List<String> suffixes = new ArrayList<>(List.of(""));
    if (predictions.length > 1) {
      model().outputs().forEach(each -> suffixes.add("_" + each.name()));
    }
    List<String> taken = rows.schema().names();
    while (suffixes.stream().map(name::concat).anyMatch(taken::contains)) {
      name = "predicted_" + name;
    }
    List<Column> columns = new ArrayList<>(rows.columns());
    for (int k = 0; k < suffixes.size(); k++) {
      String about = "predicted by " + model.name();
      columns.add(
          Column.of(
              new Field(name + suffixes.get(k), ColumnType.FLOAT64, unit(), about),
              predictions[k == 0 ? model().headline() : k - 1]));
    }
    Table result = Table.of(columns, "", "");
    if (output == null) {
      csv(result, csv, progress);
    } else {
      RowFiles.write(output, result, progress);
    }
    return PredictFileResult.newBuilder()
        .setOutput(output == null ? "" : output.toString())
        .setRows(rows.rows())
        .setTarget(name)
        .setUnit(unit())
        .build();
  }

  /** As {@link RowFiles#write} writes CSV, piece by piece. */
  private static void csv(Table table, Pipeline.CsvSink csv, Progress progress) {
    StringBuilder text = new StringBuilder();
    text.append(
            table.schema().names().stream()
                .map(PackagedModel::quoted)
                .collect(Collectors.joining(",")))
        .append('\n');
    List<Column> columns = table.columns();
    for (long row = 0; row < table.rows(); row++) {
      for (int c = 0; c < columns.size(); c++) {
        if (c > 0) {
          text.append(',');
        }
        Column column = columns.get(c);
        if (!column.isNull(row)) {
          text.append(
              switch (column.type()) {
                case TIMESTAMP -> Protos.instant(column.getLong(row)).toString();
                case STRING -> quoted(column.getString(row));
                default -> String.valueOf(column.get(row));
              });
        }
      }
      text.append('\n');
      if ((row + 1) % CSV_ROWS == 0) {
        csv.accept(text.toString());
        text.setLength(0);
        progress.checkCancelled();
      }
    }
    if (!text.isEmpty()) {
      csv.accept(text.toString());
    }
  }

  private static String quoted(String text) {
    return text.matches("(?s).*[,\"\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  // ------------------------------------------------------------------ export

  @Override
  public ExportResult export(Exporter exporter, Path target, Progress progress) {
    if (!exporter.supports(model.model())) {
      throw SlipstreamException.invalid(
          "a model of trainer '" + trainer() + "' cannot be written as " + exporter.name(),
          "Choose another format or model.");
    }
    Verification rows = verification(progress);
    Exporter.Verification verified =
        exporter.export(model.model(), model.exportMetadata(), rows.matrix, target, progress);
    List<String> notes = new ArrayList<>(verified.notes());
    notes.add(rows.note);
    return ExportResult.newBuilder()
        .setFormat(exporter.name())
        .setFile(target.toString())
        .setRuntime(verified.runtime())
        .setRows(verified.rows())
        .setBoundaryRows(verified.boundaryRows())
        .setMaxUlps(verified.maxUlps())
        .addAllNotes(notes)
        .build();
  }

  private record Verification(FeatureMatrix matrix, String note) {}

  /** What a step read when the model was trained. */
  private Table storedData(String key, PluginUse use) {
    String hash = model.provenance().inputs().get(key);
    if (hash == null) {
      throw SlipstreamException.notFound("the archive does not name the data of " + key, "");
    }
    return Table.open(content.tablePath(hash));
  }

  /**
   * Rows of the data that the model was trained on when they are here, else the archive's example.
   */
  private Verification verification(Progress progress) {
    Path folder = content.tablePath(model.provenance().dataHash());
    if (Files.isDirectory(folder)) {
      try (ModelRows rows = rows(new ModelRows.Source.Data(() -> Table.open(folder)), progress)) {
        return new Verification(
            copy(rows.inputs()), "compared on rows of the data that it was trained on");
      } catch (SlipstreamException e) {
        if (e.category() == SlipstreamException.Category.CANCELLED) {
          throw e;
        }
        LOG.warn("The data that the model was trained on cannot be used to verify its export", e);
      }
    }
    FeatureMatrix row = model.exampleRow();
    return new Verification(
        example() == null ? row.select(new int[0]) : row,
        "the data that it was trained on are not in this workspace: compared on the archive's"
            + " example row");
  }

  /** Evenly spaced rows in the model's order, in memory of their own. */
  private FeatureMatrix copy(FeatureMatrix all) {
    int rows = Math.min(all.rows(), VERIFICATION_ROWS);
    List<String> names = inputs.stream().map(ModelRecord.Input::name).toList();
    double[][] columns = new double[names.size()][rows];
    List<List<String>> categories = new ArrayList<>();
    for (int f = 0; f < columns.length; f++) {
      int from = all.names().indexOf(names.get(f));
      categories.add(all.categories(from));
      for (int r = 0; r < rows; r++) {
        columns[f][r] = all.get((int) ((long) r * all.rows() / rows), from);
      }
    }
    return FeatureMatrix.ofColumns(names, columns, categories);
  }
}
