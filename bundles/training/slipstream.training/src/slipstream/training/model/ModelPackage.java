package slipstream.training.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.model.ModelArchive;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.provenance.Provenance;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.FeatureRows;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;
import slipstream.core.table.Table;
import slipstream.experiment.ExperimentFile;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.training.preparation.Preparation;

/**
 * A trained model with all that a prediction needs: the model, its inputs with their units, where
 * it comes from, and the experiment, whose steps make the inputs from raw data. Immutable and
 * thread-safe.
 *
 * <p>It is stored as a {@link ModelArchive}: see {@code docs/formats/model-archive.md}. The same
 * data, experiment, seed and code version give the same bytes on any machine with any number of
 * threads.
 */
public final class ModelPackage {
  /** Newest version of the manifest; 1 where no input has categories. */
  private static final int VERSION = 2;

  private static final int MAX_MANIFEST = 1 << 24;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxDocumentLength(MAX_MANIFEST)
                .maxNestingDepth(20)
                .maxStringLength(1 << 20)
                .build());
  }

  private final String name;
  private final Target target;
  private final List<Input> inputs;
  private final List<Object> example;
  private final Provenance provenance;
  private final Experiment experiment;
  private final String experimentText;
  private final Model model;
  private final PluginCatalog plugins;

  /**
   * What is predicted.
   *
   * @param lookAheadRows how many later rows of its instrument it depends on
   */
  public record Target(
      String name, String unit, String description, String expression, long lookAheadRows) {}

  /**
   * An input of the model.
   *
   * @param given true when whoever asks for a prediction chooses it
   * @param type {@value #CATEGORY} where its values are texts; empty for numbers
   */
  public record Input(
      String name,
      String unit,
      String description,
      String expression,
      boolean given,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String type) {
    public static final String CATEGORY = "category";

    public Input {
      type = type == null ? "" : type;
    }

    /** Whether its values are texts. */
    public boolean categorical() {
      return type.equals(CATEGORY);
    }
  }

  /** What {@code manifest.json} holds. */
  private record Manifest(
      int format,
      String name,
      Target target,
      String trainer,
      List<Input> inputs,
      List<Object> example,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) TreeMap<String, String> members,
      ProvenanceJson provenance) {}

  private record ProvenanceJson(
      String experiment,
      String experimentHash,
      String dataHash,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) TreeMap<String, String> inputs,
      String featuresHash,
      String codeVersion,
      TreeMap<String, String> plugins,
      String trainer,
      TreeMap<String, String> parameters,
      long seed,
      long trainingRows,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String search) {}

  /**
   * @param name target and model, joined by a hyphen
   * @param inputs in the order of {@code model.features()}
   * @param example a row that was scored: for each input a Double, the text of a category, or null where it is unknown
   * @param experiment as it was run
   * @param plugins for {@link #inputsFromRaw}
   */
  public ModelPackage(
      String name,
      Target target,
      List<Input> inputs,
      List<Object> example,
      Provenance provenance,
      Experiment experiment,
      Model model,
      PluginCatalog plugins) {
    this(
        name,
        target,
        inputs,
        example,
        provenance,
        experiment,
        ExperimentFile.write(experiment),
        model,
        plugins);
  }

  private ModelPackage(
      String name,
      Target target,
      List<Input> inputs,
      List<Object> example,
      Provenance provenance,
      Experiment experiment,
      String experimentText,
      Model model,
      PluginCatalog plugins) {
    this.name = name;
    this.target = target;
    this.inputs = List.copyOf(inputs);
    this.example = Collections.unmodifiableList(new ArrayList<>(example));
    this.provenance = provenance;
    this.experiment = experiment;
    this.experimentText = experimentText;
    this.model = model;
    this.plugins = plugins;
  }

  public String name() {
    return name;
  }

  public Target target() {
    return target;
  }

  /** In the order of the columns that the model wants. */
  public List<Input> inputs() {
    return inputs;
  }

  /**
   * A row that was scored out of sample, in the order of the inputs: a Double, the text of a category, or null where it is
   * unknown.
   */
  public List<Object> example() {
    return example;
  }

  /** {@link #example} as a row to predict. */
  public FeatureMatrix exampleRow() {
    FeatureRows row = new FeatureRows(inputs.stream().map(Input::name).toList(), 1);
    for (int i = 0; i < example.size(); i++) {
      switch (example.get(i)) {
        case Double value -> row.set(0, i, value);
        case String category -> row.set(0, i, category);
        case null, default -> {}
      }
    }
    return row.matrix();
  }

  public Provenance provenance() {
    return provenance;
  }

  public Experiment experiment() {
    return experiment;
  }

  /** The experiment's canonical text, whose SHA-256 is the provenance's experiment hash. */
  public String experimentText() {
    return experimentText;
  }

  public Model model() {
    return model;
  }

  // -------------------------------------------------------------- predictions

  /**
   * Predicts rows, in the target's unit: the headline of the model's outputs.
   *
   * @param rows has the inputs' columns, in any order; more do no harm
   * @throws SlipstreamException NOT_FOUND naming the inputs that are missing
   */
  public double[] predict(FeatureMatrix rows) {
    return model.predict(inputs(rows));
  }

  /**
   * Predicts all outputs of rows, in the target's unit: {@code [output][row]}.
   *
   * @param rows has the inputs' columns, in any order; more do no harm
   * @throws SlipstreamException NOT_FOUND naming the inputs that are missing
   */
  public double[][] predictAll(FeatureMatrix rows) {
    return model.predictAll(inputs(rows));
  }

  /**
   * The inputs' columns in the order that the model wants, as a view.
   *
   * @param rows has the inputs' columns, in any order; more do no harm
   * @throws SlipstreamException NOT_FOUND naming the inputs that are missing
   */
  public FeatureMatrix inputs(FeatureMatrix rows) {
    List<String> wanted = model.features();
    if (wanted.isEmpty() || wanted.equals(rows.names())) {
      return rows;
    }
    Map<String, Integer> columns = new LinkedHashMap<>();
    for (int f = 0; f < rows.names().size(); f++) {
      columns.putIfAbsent(rows.names().get(f), f);
    }
    List<String> missing = wanted.stream().filter(each -> !columns.containsKey(each)).toList();
    if (!missing.isEmpty()) {
      throw SlipstreamException.notFound(
          "model '" + name + "' needs " + words(missing) + ", which the rows lack",
          "Its inputs: " + String.join(", ", wanted) + ".");
    }
    int[] order = wanted.stream().mapToInt(columns::get).toArray();
    return new ReorderedMatrix(rows, wanted, order);
  }

  private static String words(List<String> names) {
    return names.size() == 1 ? "'" + names.getFirst() + "'" : String.join(", ", names);
  }

  private record ReorderedMatrix(FeatureMatrix all, List<String> names, int[] order)
      implements FeatureMatrix {
    @Override
    public int rows() {
      return all.rows();
    }

    @Override
    public List<String> categories(int feature) {
      return all.categories(order[feature]);
    }

    @Override
    public double get(int row, int feature) {
      return all.get(row, order[feature]);
    }

    @Override
    public void copy(int feature, int from, int to, double[] target, int offset) {
      all.copy(order[feature], from, to, target, offset);
    }
  }

  /**
   * Inputs computed from raw data.
   *
   * @param prepared the rows that the inputs stand for, with time and instrument where there are
   *     any; in memory or below the scratch folder
   * @param values the inputs, row by row those of {@code prepared}
   */
  public record RawInputs(Table prepared, FeatureTable values) implements AutoCloseable {
    public FeatureMatrix matrix() {
      return values.matrix(values.names());
    }

    @Override
    public void close() {
      values.close();
      prepared.close();
    }
  }

  /**
   * Reads raw data in the way of the experiment, but from this file.
   *
   * @param scratch an empty folder that outlives the table; the caller removes it
   */
  public Table readRaw(Path file, Path scratch, int threads, Progress progress) {
    boolean readsFiles =
        ParameterForm.describe(plugins.importer(experiment.data().plugin()).parameters()).stream()
            .anyMatch(each -> each.name().equals("path"));
    if (!readsFiles) {
      throw SlipstreamException.invalid(
          Text.format(
              "model '%s' was trained on data of importer '%s', which reads no file",
              name, experiment.data().plugin()),
          "Predict from a file of the model's inputs.");
    }
    // Instead of all the files that it was trained on.
    Map<String, Object> parameters = new LinkedHashMap<>(experiment.data().parameters());
    parameters.remove("also");
    parameters.put("path", file.toAbsolutePath().toString());
    PluginUse use = new PluginUse(experiment.data().plugin(), parameters);
    return Preparation.read(
        use, plugins, file.toAbsolutePath().getParent(), scratch.resolve("raw"), threads, progress);
  }

  /**
   * Reads what steps of the preparation read beside the raw data.
   *
   * @param base relative paths start here
   * @param scratch an empty folder that outlives the tables; the caller removes it
   */
  public Preparation.OtherData otherFiles(Path base, Path scratch, int threads, Progress progress) {
    return Preparation.OtherData.files(plugins, base, scratch, threads, progress);
  }

  /**
   * Makes the inputs from raw data, such as trades: the experiment's preparation, then its features
   * and givens.
   *
   * @param raw of the columns that the experiment imports; stays open
   * @param others gives what steps of the preparation read beside it
   * @param scratch an empty folder that outlives the result; the caller removes it
   * @throws SlipstreamException naming the column or step that does not fit, or that is not point
   *     in time: what it made of the training data cannot be made of new data
   */
  public RawInputs inputsFromRaw(
      Table raw, Preparation.OtherData others, Path scratch, int threads, Progress progress) {
    for (String key : Preparation.stepsThatLookAhead(experiment, plugins)) {
      throw SlipstreamException.invalid(
          "model '" + name + "' cannot predict from raw data: this step looks ahead",
          Place.key(key),
          "Predict from a file of the model's inputs, or train with a point-in-time step.");
    }
    Table prepared =
        Preparation.prepare(experiment, plugins, raw, others, scratch, threads, progress);
    try {
      FeatureTable values =
          FeaturePlan.compile(prepared.schema(), experiment.unevaluated(), plugins)
              .inputsOnly()
              .evaluate(prepared, scratch.resolve("features"), threads, progress);
      return new RawInputs(prepared, values);
    } catch (RuntimeException e) {
      if (prepared != raw) {
        prepared.close();
      }
      throw e;
    }
  }

  // -------------------------------------------------------------------- files

  /**
   * Facts for the metadata of an exported file, in a fixed order: what the output means, what the
   * inputs are, and where the model comes from.
   */
  public SequencedMap<String, String> exportMetadata() {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put("model", name);
    metadata.put("target", target.name());
    metadata.put("unit", target.unit());
    metadata.put("target_expression", target.expression());
    for (Input input : inputs) {
      metadata.put("unit." + input.name(), input.unit());
    }
    metadata.put("experiment", provenance.experiment());
    metadata.put("experiment_sha256", provenance.experimentHash());
    metadata.put("data_sha256", provenance.dataHash());
    provenance.inputs().forEach((key, hash) -> metadata.put("data_sha256." + key, hash));
    metadata.put("features_sha256", provenance.featuresHash());
    metadata.put("code_version", provenance.codeVersion());
    metadata.put("seed", Long.toString(provenance.seed()));
    metadata.put("training_rows", Long.toString(provenance.trainingRows()));
    if (!provenance.search().isEmpty()) {
      metadata.put("search", provenance.search());
    }
    return metadata;
  }

  /** The archive: the same bytes for the same package, always. */
  public ModelArchive archive() {
    boolean categories = inputs.stream().anyMatch(Input::categorical);
    TreeMap<String, String> members = new TreeMap<>();
    Map<String, byte[]> entries = new TreeMap<>();
    model
        .members()
        .forEach(
            (member, each) -> {
              members.put(member, each.trainer());
              entries.put(ModelArchive.member(member), each.encode());
            });
    Manifest manifest =
        new Manifest(
            categories ? VERSION : 1,
            name,
            target,
            model.trainer(),
            inputs,
            example,
            members,
            new ProvenanceJson(
                provenance.experiment(),
                provenance.experimentHash(),
                provenance.dataHash(),
                new TreeMap<>(provenance.inputs()),
                provenance.featuresHash(),
                provenance.codeVersion(),
                new TreeMap<>(provenance.plugins()),
                provenance.trainer(),
                new TreeMap<>(provenance.parameters()),
                provenance.seed(),
                provenance.trainingRows(),
                provenance.search()));
    try {
      // Jackson ends lines as the platform does; archives have one kind of line end.
      String text = JSON.writeValueAsString(manifest).replace("\r\n", "\n") + "\n";
      entries.put(ModelArchive.MANIFEST, text.getBytes(StandardCharsets.UTF_8));
      entries.put(ModelArchive.EXPERIMENT, experimentText.getBytes(StandardCharsets.UTF_8));
      entries.put(ModelArchive.MODEL, model.encode());
      return new ModelArchive(entries);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @throws SlipstreamException NOT_FOUND; CORRUPT when it is damaged or of a newer version; or
   *     NOT_FOUND when its trainer is not installed
   */
  public static ModelPackage read(Path file, PluginCatalog plugins) {
    return of(ModelArchive.read(file), file.toString(), plugins);
  }

  /**
   * @param label what to call it in errors
   */
  public static ModelPackage decode(byte[] bytes, String label, PluginCatalog plugins) {
    return of(ModelArchive.decode(bytes, label), label, plugins);
  }

  private static ModelPackage of(ModelArchive archive, String label, PluginCatalog plugins) {
    Manifest manifest = manifest(archive, label);
    String text = archive.text(ModelArchive.EXPERIMENT);
    Experiment experiment;
    try {
      experiment = ExperimentFile.parse(text, label + "!" + ModelArchive.EXPERIMENT).experiment();
    } catch (SlipstreamException e) {
      throw damaged(label, "its experiment cannot be read: " + e.problem());
    }
    Trainer<?> trainer = plugins.trainer(manifest.trainer);
    byte[] bytes = archive.entry(ModelArchive.MODEL);
    SequencedMap<String, Model> members = new TreeMap<>();
    if (manifest.members != null) {
      manifest.members.forEach(
          (member, made) ->
              members.put(
                  member,
                  IndicatorModel.decode(
                      archive.entry(ModelArchive.member(member)), plugins.trainer(made))));
    }
    Model model =
        members.isEmpty() ? IndicatorModel.decode(bytes, trainer) : trainer.decode(bytes, members);
    List<String> names = manifest.inputs.stream().map(Input::name).toList();
    if (!model.features().isEmpty() && !model.features().equals(names)) {
      throw damaged(label, "its model's features are not the manifest's inputs");
    }
    ProvenanceJson from = manifest.provenance;
    List<Object> example = new ArrayList<>();
    for (Object each : manifest.example) {
      example.add(each instanceof Number number ? (Object) number.doubleValue() : each);
    }
    return new ModelPackage(
        manifest.name,
        manifest.target,
        manifest.inputs,
        example,
        new Provenance(
            from.experiment,
            from.experimentHash,
            from.dataHash,
            from.inputs == null ? new TreeMap<>() : from.inputs,
            from.featuresHash,
            from.codeVersion,
            from.plugins == null ? new TreeMap<>() : from.plugins,
            from.trainer,
            from.parameters == null ? new TreeMap<>() : from.parameters,
            from.seed,
            from.trainingRows,
            from.search == null ? "" : from.search),
        experiment,
        text,
        model,
        plugins);
  }

  private static Manifest manifest(ModelArchive archive, String label) {
    byte[] bytes = archive.entry(ModelArchive.MANIFEST);
    Manifest manifest;
    try {
      int format = JSON.readTree(bytes).path("format").asInt();
      if (format > VERSION) {
        throw SlipstreamException.corrupt(
            label + " has manifest version " + format + "; this Slipstream reads " + VERSION,
            "Open it with a newer Slipstream.");
      }
      manifest = JSON.readValue(bytes, Manifest.class);
    } catch (IOException e) {
      throw damaged(label, "its manifest is not the JSON of a model");
    }
    if (manifest == null
        || manifest.name == null
        || manifest.target == null
        || manifest.target.name() == null
        || manifest.trainer == null
        || manifest.inputs == null
        || manifest.inputs.stream().anyMatch(each -> each == null || each.name() == null)
        || manifest.example == null
        || manifest.provenance == null) {
      throw damaged(label, "its manifest lacks an entry");
    }
    Set<String> names = new HashSet<>();
    if (!manifest.inputs.stream().allMatch(each -> names.add(each.name()))
        || manifest.example.size() != manifest.inputs.size()
        || !manifest.example.stream()
            .allMatch(v -> v == null || v instanceof Number || v instanceof String)) {
      throw damaged(label, "its manifest's inputs do not fit together");
    }
    return manifest;
  }

  private static SlipstreamException damaged(String label, String how) {
    return SlipstreamException.corrupt(
        label + " is not a usable model archive: " + how,
        "Copy it again, or train the model again.");
  }

  @Override
  public String toString() {
    return "ModelPackage[" + name + ", " + inputs.size() + " inputs, " + example + "]";
  }
}
