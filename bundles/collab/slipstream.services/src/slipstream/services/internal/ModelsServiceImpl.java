package slipstream.services.internal;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import slipstream.core.SlipstreamException;
import slipstream.core.model.ModelArchive;
import slipstream.core.spi.Exporter;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.proto.v1.ExportModelRequest;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.ImportModelRequest;
import slipstream.proto.v1.ListModelsRequest;
import slipstream.proto.v1.ListModelsResponse;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.services.internal.Pipeline.LoadedModel;
import slipstream.store.ModelRecord;
import slipstream.store.Page;

/** Fitted models. */
final class ModelsServiceImpl extends ModelsServiceGrpc.ModelsServiceImplBase {
  private static final int MAX_SUFFIX = 10_000;
  private static final long MAX_ARCHIVE = 1L << 31;

  private final Context context;

  ModelsServiceImpl(Context context) {
    this.context = context;
  }

  /**
   * What the store keeps of a model.
   *
   * @param run empty for an imported one
   * @param file the archive under a name that a person knows
   */
  static ModelRecord record(
      String name, String hash, String run, Path file, LoadedModel model, Instant now) {
    return new ModelRecord(
        0,
        name,
        hash,
        model.experiment(),
        run,
        model.trainer(),
        model.target(),
        model.unit(),
        model.trainingRows(),
        now,
        file.toString(),
        model.inputs(),
        model.provenance());
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          String question = "models " + request.getRun();
          Page<ModelRecord> page =
              context
                  .store()
                  .models()
                  .list(
                      request.getRun(),
                      PageTokens.decode(question, request.getPageToken()),
                      PageTokens.size(request.getPageSize()));
          ListModelsResponse.Builder response = ListModelsResponse.newBuilder();
          page.rows().forEach(each -> response.addModels(toProto(each)));
          return response.setNextPageToken(PageTokens.encode(question, page.last())).build();
        });
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<Model> observer) {
    Calls.answer(observer, () -> get(request.getName()));
  }

  private Model get(String reference) {
    ModelCache.Entry entry = context.models().get(reference);
    Model.Builder model;
    if (ModelCache.isFile(reference)) {
      Path file = context.workspace().resolve(reference).normalize();
      model =
          toProto(record(entry.name(), entry.hash(), "", file, entry.model(), modified(file)))
              .toBuilder();
    } else {
      model = toProto(context.store().models().find(reference).orElseThrow()).toBuilder();
    }
    for (int i = 0; i < model.getInputsCount(); i++) {
      model
          .getInputsBuilder(i)
          .setCategory(entry.model().categorical(i))
          .addAllCategories(entry.model().categories(i));
    }
    List<Object> example = entry.model().example();
    if (example != null) {
      model.setInputExample(example(entry.model(), example));
    }
    return model.build();
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw AtomicFiles.explain("read the model", file, e);
    }
  }

  private static Struct example(LoadedModel model, List<Object> values) {
    Struct.Builder row = Struct.newBuilder();
    for (int i = 0; i < values.size(); i++) {
      row.putFields(
          model.inputs().get(i).name(),
          switch (values.get(i)) {
            case Double value -> Value.newBuilder().setNumberValue(value).build();
            case String text -> Value.newBuilder().setStringValue(text).build();
            case null, default -> Protos.nullValue();
          });
    }
    return row.build();
  }

  @Override
  public void importModel(ImportModelRequest request, StreamObserver<Model> observer) {
    Calls.answer(observer, () -> importModel(request.getFile()));
  }

  private Model importModel(String reference) {
    if (reference.isBlank()) {
      throw SlipstreamException.invalid("no file is named", "Give the path of a model archive.");
    }
    Path file = context.workspace().resolve(reference).normalize();
    byte[] archive;
    try {
      if (Files.size(file) > MAX_ARCHIVE) {
        throw SlipstreamException.corrupt(file + " is too large for a model archive", "");
      }
      archive = Files.readAllBytes(file);
    } catch (IOException e) {
      throw AtomicFiles.explain("read the model", file, e);
    }
    String hash = Hashing.sha256(archive);
    LoadedModel model = context.models().load(hash, archive, file.toString());
    synchronized (context.store().models()) {
      Optional<ModelRecord> same = context.store().models().findByHash(hash);
      if (same.isPresent()) {
        return get(same.get().name());
      }
      String name = Names.fromFile(ModelCache.name(file), "model");
      String free = name;
      for (int i = 2; context.store().models().find(free).isPresent() && i < MAX_SUFFIX; i++) {
        free = name + "-" + i;
      }
      context.store().content().put(archive);
      Path copy = context.workspace().resolve("models").resolve(free + ModelArchive.EXTENSION);
      try {
        AtomicFiles.write(copy, archive);
      } catch (IOException e) {
        throw AtomicFiles.explain("import the model", copy, e);
      }
      context.store().models().register(record(free, hash, "", copy, model, Instant.now()));
      return get(free);
    }
  }

  @Override
  public void exportModel(ExportModelRequest request, StreamObserver<ExportResult> observer) {
    Calls.answer(
        observer,
        () -> {
          Exporter exporter = context.plugins().exporter(request.getFormat());
          ModelCache.Entry entry = context.models().get(request.getModel());
          Path target =
              context
                  .workspace()
                  .resolve(
                      request.getFile().isEmpty()
                          ? entry.name() + exporter.extension()
                          : request.getFile())
                  .normalize();
          return entry.model().export(exporter, target, Calls.untilCancelled());
        });
  }

  private static Model toProto(ModelRecord record) {
    Model.Builder model =
        Model.newBuilder()
            .setName(record.name())
            .setHash(record.hash())
            .setExperiment(record.experiment())
            .setRun(record.run())
            .setTrainer(record.trainer())
            .setTarget(record.target())
            .setUnit(record.unit())
            .setTrainingRows(record.trainingRows())
            .setCreateTime(Protos.timestamp(record.created()))
            .setFile(record.file())
            .putAllProvenance(record.provenance());
    for (ModelRecord.Input input : record.inputs()) {
      model.addInputs(
          ModelInput.newBuilder()
              .setName(input.name())
              .setUnit(input.unit())
              .setGiven(input.given())
              .setExpression(input.expression()));
    }
    return model.build();
  }
}
