package slipstream.services.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Lineage;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.core.table.TableVersions;
import slipstream.data.DataFiles;
import slipstream.data.FileKeys;
import slipstream.data.ImportCache;
import slipstream.proto.v1.CheckHealthEvent;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.ColumnProfile;
import slipstream.proto.v1.ColumnProfileEvent;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetVersion;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DayCurve;
import slipstream.proto.v1.DayCurveEvent;
import slipstream.proto.v1.DeleteDatasetRequest;
import slipstream.proto.v1.DeleteDatasetResponse;
import slipstream.proto.v1.FindRowRequest;
import slipstream.proto.v1.FindRowResponse;
import slipstream.proto.v1.GetColumnProfileRequest;
import slipstream.proto.v1.GetDatasetHealthRequest;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.GetDayCurveRequest;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ImportMessage;
import slipstream.proto.v1.ListDatasetVersionsRequest;
import slipstream.proto.v1.ListDatasetVersionsResponse;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.ListDatasetsResponse;
import slipstream.proto.v1.ListInstrumentsRequest;
import slipstream.proto.v1.ListInstrumentsResponse;
import slipstream.proto.v1.OpenViewEvent;
import slipstream.proto.v1.OpenViewRequest;
import slipstream.proto.v1.PreviewImportRequest;
import slipstream.proto.v1.PreviewImportResponse;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
import slipstream.proto.v1.ReadSeriesRequest;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.proto.v1.RowView;
import slipstream.services.StatusMapping;
import slipstream.store.DatasetRecord;
import slipstream.store.Page;
import slipstream.store.WorkspaceStore;

/** Imported tables. */
final class DatasetsServiceImpl extends DatasetsServiceGrpc.DatasetsServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(DatasetsServiceImpl.class);
  private static final int MAX_ROWS = 10_000;
  private static final int DEFAULT_ROWS = 100;
  private static final int MAX_SUFFIX = 10_000;

  private final Context context;
  private final DatasetExplorer explorer;

  DatasetsServiceImpl(Context context, OpenTables tables) {
    this.context = context;
    this.explorer = new DatasetExplorer(context, tables);
  }

  // ------------------------------------------------------------------ import

  @Override
  public void importDataset(
      ImportDatasetRequest request, StreamObserver<ImportDatasetEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-import",
        sink -> {
          DatasetRecord dataset =
              importDataset(
                  request,
                  new SinkProgress<>(
                      sink,
                      each -> ImportDatasetEvent.newBuilder().setProgress(each).build(),
                      DatasetsServiceImpl::message));
          sink.send(ImportDatasetEvent.newBuilder().setDataset(toProto(dataset)).build());
        });
  }

  private static ImportDatasetEvent message(Progress.Severity severity, String text) {
    return ImportDatasetEvent.newBuilder()
        .setMessage(ImportMessage.newBuilder().setSeverity(Protos.severity(severity)).setText(text))
        .build();
  }

  /**
   * An import as it was asked for.
   *
   * @param given the parameters as the user wrote them
   */
  private record Request(Importer<?> importer, Map<String, Object> given, Path base) {
    String source() {
      String path = String.valueOf(given.getOrDefault("path", importer.name()));
      return given.get("also") instanceof List<?> also && !also.isEmpty()
          ? path + " and " + also.size() + " more"
          : path;
    }

    /** A parameter as text; empty when it is not given. */
    String text(String name) {
      return given.get(name) instanceof String text ? text : "";
    }

    DatasetRecord.Origin origin() {
      return Protos.origin(importer.name(), given, base);
    }
  }

  private Request request(String importer, Map<String, Object> given, String baseDirectory) {
    Path base =
        baseDirectory.isEmpty()
            ? context.workspace()
            : context.workspace().resolve(baseDirectory).normalize();
    String name = importer;
    if (name.isEmpty()) {
      if (!(given.get("path") instanceof String path)) {
        throw SlipstreamException.invalid(
            "no file is named", Place.key("parameters.path"), "Name a file, or an importer.");
      }
      name = DataFiles.importer(path, base);
    }
    return new Request(context.plugins().importer(name), given, base);
  }

  private DatasetRecord importDataset(ImportDatasetRequest request, Progress progress) {
    if (!request.getAppendTo().isEmpty()) {
      return append(request, progress);
    }
    String name = request.getName();
    if (!name.isEmpty()) {
      Names.check("dataset", name);
    }
    Request wanted =
        request(
            request.getImporter(),
            Protos.values(request.getParameters()),
            request.getBaseDirectory());
    try (Table table = read(wanted, progress)) {
      try {
        progress.checkCancelled();
        DatasetRecord dataset =
            name.isEmpty()
                ? register(
                    context.store(),
                    Names.fromFile(
                        String.valueOf(wanted.given.getOrDefault("path", wanted.importer.name()))
                            .replaceFirst("^" + ProductFolders.SAMPLE, ""),
                        "dataset"),
                    wanted.source(),
                    wanted.origin(),
                    table)
                : registerAs(context.store(), name, wanted.source(), wanted.origin(), table);
        if (dataset.qualityHash() == null) {
          health(dataset, table, progress);
        }
        return dataset;
      } finally {
        dropUnlessUsed(table.hash());
      }
    }
  }

  /** Reads into the content store, or finds there what was read of the same files. */
  private Table read(Request request, Progress progress) {
    Path target = scratch();
    try {
      return read(
          request.importer,
          ProductFolders.resolve(request.given),
          new Importer.Context(
              request.base, target, threads(), progress, context.store().tables()));
    } finally {
      remove(target);
    }
  }

  private <P extends Record> Table read(
      Importer<P> importer, Map<String, Object> parameters, Importer.Context into) {
    return new ImportCache(context.store().content())
        .read(importer, ParameterForm.bind(importer.parameters(), parameters, "parameters"), into);
  }

  private Path scratch() {
    return context.store().content().scratch().resolve("import-" + UUID.randomUUID());
  }

  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static void remove(Path folder) {
    try {
      AtomicFiles.deleteRecursively(folder);
    } catch (IOException e) {
      LOG.warn("The unfinished import {} could not be removed", folder, e);
    }
  }

  /** A table that became no dataset goes. */
  private void dropUnlessUsed(String hash) {
    synchronized (context.store().datasets()) {
      if (context.store().datasets().findByHash(hash).isEmpty()) {
        context.store().content().removeTable(hash, false);
      }
    }
  }

  // ------------------------------------------------------------------ append

  private DatasetRecord append(ImportDatasetRequest request, Progress progress) {
    if (!request.getName().isEmpty()) {
      throw SlipstreamException.invalid(
          "an append keeps the dataset's name", Place.key("name"), "Leave the name out.");
    }
    DatasetRecord before = context.store().tables().find(request.getAppendTo());
    Map<String, Object> parameters = new LinkedHashMap<>();
    String importer = request.getImporter();
    Map<String, Object> given = Protos.values(request.getParameters());
    DatasetRecord.Origin origin = before.origin();
    if (importer.isEmpty() || importer.equals(origin.importer())) {
      importer = origin.importer();
      parameters.putAll(Protos.values(Protos.parameters(origin)));
      if (given.containsKey("path")) {
        parameters.remove("also");
      }
    }
    parameters.putAll(given);
    String base =
        request.getBaseDirectory().isEmpty() && !given.containsKey("path")
            ? origin.base()
            : request.getBaseDirectory();
    Request wanted = request(importer, parameters, base);
    Path target = scratch();
    try (Table base0 = context.store().tables().open(before.name());
        Table more = read(wanted, progress)) {
      Optional<TableVersions.Appended> appended;
      try {
        appended = TableVersions.append(base0, more, target, progress);
      } catch (SlipstreamException e) {
        throw e.category() == Category.CANCELLED || e.place().isPresent()
            ? e
            : e.at(Place.file(wanted.source()));
      } finally {
        dropUnlessUsed(more.hash());
      }
      if (appended.isEmpty()) {
        progress.message(
            Progress.Severity.INFO,
            "nothing to append: '" + before.name() + "' has all rows of " + wanted.source());
        return before;
      }
      appended.get().table().close();
      progress.checkCancelled();
      return adopt(before, wanted, appended.get().lineage(), target, progress);
    } finally {
      remove(target);
    }
  }

  private DatasetRecord adopt(
      DatasetRecord before, Request wanted, Lineage lineage, Path target, Progress progress) {
    try (Table table = context.store().content().adopt(target)) {
      // First, so that a version that is recorded can always be traced back.
      context.store().content().putLineage(table.hash(), lineage);
      DatasetRecord now =
          context
              .store()
              .datasets()
              .append(before, record(before.name(), wanted.source(), wanted.origin(), table))
              .orElseThrow(
                  () ->
                      new SlipstreamException(
                          Category.CONFLICT,
                          "dataset '" + before.name() + "' changed meanwhile",
                          "Append again."));
      context.store().tables().removeUnused();
      progress.message(
          Progress.Severity.INFO,
          Text.format("%,d rows are new; this is version %d", lineage.newRows(), now.version()));
      health(now, table, progress);
      return now;
    }
  }

  // ----------------------------------------------------------------- preview

  @Override
  public void previewImport(
      PreviewImportRequest request, StreamObserver<PreviewImportResponse> observer) {
    Calls.answer(observer, () -> preview(request));
  }

  private PreviewImportResponse preview(PreviewImportRequest request) {
    int rows = request.getRowCount() == 0 ? DEFAULT_ROWS : request.getRowCount();
    if (rows < 0 || rows > MAX_ROWS) {
      throw SlipstreamException.invalid(
          rows + " rows cannot be shown", Place.key("row_count"), "Ask for 1 to " + MAX_ROWS + ".");
    }
    Request wanted =
        request(
            request.getImporter(),
            Protos.values(request.getParameters()),
            request.getBaseDirectory());
    Path target = scratch();
    try {
      ImportPreview preview = preview(wanted.importer, wanted, target, rows);
      PreviewImportResponse.Builder response =
          ImportPreviews.toProto(wanted.importer.name(), preview);
      if (request.getSuggest()) {
        suggest(wanted, preview, target, response);
      }
      return response.build();
    } finally {
      remove(target);
    }
  }

  /** Parameters of time and instrument that the request leaves open, told from the first file. */
  private void suggest(
      Request wanted, ImportPreview preview, Path target, PreviewImportResponse.Builder response) {
    String importer = wanted.importer.name();
    boolean queried = !wanted.text("sql").isEmpty();
    FileKeys.Reading reading =
        queried || !List.of("csv", "jsonl", "parquet").contains(importer)
            ? ImportPreviews.byNames(importer, preview)
            : guess(wanted, importer, target);
    Map<String, Object> open = new TreeMap<>(reading.parameters());
    open.keySet().removeAll(wanted.given.keySet());
    if (!preview.instrumentColumn().isEmpty()) {
      open.remove("instrument");
    }
    response
        .setSuggestedParameters(Protos.struct(open))
        .addAllSuggestions(reading.guesses())
        .setQuestion(wanted.given.containsKey("time_zone") ? "" : reading.question());
  }

  private FileKeys.Reading guess(Request wanted, String importer, Path target) {
    FileKeys.Said said =
        new FileKeys.Said(
            wanted.text("time"),
            wanted.text("time_of_day"),
            wanted.text("time_unit"),
            wanted.text("time_format"),
            wanted.text("time_zone"),
            wanted.given.get("instrument") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : wanted.text("instrument").isEmpty()
                    ? List.of()
                    : List.of(wanted.text("instrument")));
    Path scratch = target.resolveSibling(target.getFileName() + "-look");
    try {
      Files.createDirectories(scratch);
      return FileKeys.guess(
          inputs(wanted.importer, wanted, target).getFirst(),
          importer,
          said,
          false,
          scratch,
          threads(),
          Calls.untilCancelled());
    } catch (IOException e) {
      throw AtomicFiles.explain("look at the files", scratch, e);
    } finally {
      remove(scratch);
    }
  }

  private <P extends Record> List<Path> inputs(Importer<P> importer, Request wanted, Path target) {
    return importer.inputs(bound(importer, wanted), into(wanted, target));
  }

  private <P extends Record> ImportPreview preview(
      Importer<P> importer, Request wanted, Path target, int rows) {
    return importer.preview(bound(importer, wanted), into(wanted, target), rows);
  }

  private static <P extends Record> P bound(Importer<P> importer, Request wanted) {
    return ParameterForm.bind(
        importer.parameters(), ProductFolders.resolve(wanted.given), "parameters");
  }

  private Importer.Context into(Request wanted, Path target) {
    return new Importer.Context(
        wanted.base, target, threads(), Calls.untilCancelled(), context.store().tables());
  }

  // ---------------------------------------------------------------- register

  /** Registers a table under a name that is free, or finds it when it is there already. */
  static DatasetRecord register(
      WorkspaceStore store, String name, String source, DatasetRecord.Origin origin, Table table) {
    synchronized (store.datasets()) {
      Optional<DatasetRecord> same = store.datasets().findByHash(table.hash());
      if (same.isPresent()) {
        return same.get();
      }
      String free = name;
      for (int i = 2; store.datasets().find(free).isPresent() && i < MAX_SUFFIX; i++) {
        free = name + "-" + i;
      }
      return store.datasets().register(record(free, source, origin, table));
    }
  }

  private static DatasetRecord registerAs(
      WorkspaceStore store, String name, String source, DatasetRecord.Origin origin, Table table) {
    synchronized (store.datasets()) {
      Optional<DatasetRecord> there = store.datasets().find(name);
      if (there.isEmpty()) {
        return store.datasets().register(record(name, source, origin, table));
      }
      if (there.get().hash().equals(table.hash())) {
        return there.get();
      }
      throw new SlipstreamException(
          Category.CONFLICT,
          "there is a dataset '" + name + "' with other content",
          "Choose another name, append to it, or delete it; it is unchanged.");
    }
  }

  private static DatasetRecord record(
      String name, String source, DatasetRecord.Origin origin, Table table) {
    Instant first = null;
    Instant last = null;
    if (table.hasTime() && table.rows() > 0) {
      long least = Long.MAX_VALUE;
      long most = Long.MIN_VALUE;
      for (Partition partition : table.partitions()) {
        if (partition.rows() > 0) {
          least = Math.min(least, table.time().getLong(partition.from()));
          most = Math.max(most, table.time().getLong(partition.to() - 1));
        }
      }
      first = Protos.instant(least);
      last = Protos.instant(most);
    }
    return new DatasetRecord(
            0,
            name,
            table.hash(),
            table.rows(),
            table.partitions().size(),
            table.timeColumn(),
            table.instrumentColumn(),
            first,
            last,
            source,
            null,
            Instant.now(),
            table.schema().fields().stream()
                .map(
                    field ->
                        new DatasetRecord.Column(
                            field.name(), field.type().name(), field.unit(), field.description()))
                .toList())
        .from(origin);
  }

  private HealthReport health(DatasetRecord dataset, Table table, Progress progress) {
    HealthReport health =
        context
            .pipeline()
            .healthChecks(CheckHealthRequest.getDefaultInstance())
            .table(dataset.name(), table, progress);
    keep(dataset, health);
    return health;
  }

  private void keep(DatasetRecord dataset, HealthReport health) {
    context
        .store()
        .datasets()
        .setQuality(dataset.name(), context.store().content().put(health.toByteArray()));
  }

  // -------------------------------------------------------------------- read

  @Override
  public void listDatasets(
      ListDatasetsRequest request, StreamObserver<ListDatasetsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Page<DatasetRecord> page =
              context
                  .store()
                  .datasets()
                  .list(
                      PageTokens.decode("datasets", request.getPageToken()),
                      PageTokens.size(request.getPageSize()));
          ListDatasetsResponse.Builder response = ListDatasetsResponse.newBuilder();
          page.rows().forEach(each -> response.addDatasets(toProto(each)));
          return response.setNextPageToken(PageTokens.encode("datasets", page.last())).build();
        });
  }

  @Override
  public void getDataset(GetDatasetRequest request, StreamObserver<Dataset> observer) {
    Calls.answer(observer, () -> toProto(find(request.getName())));
  }

  private DatasetRecord find(String name) {
    return context.store().tables().find(name);
  }

  @Override
  public void listDatasetVersions(
      ListDatasetVersionsRequest request, StreamObserver<ListDatasetVersionsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ListDatasetVersionsResponse.Builder response = ListDatasetVersionsResponse.newBuilder();
          for (DatasetRecord.Version each :
              context.store().datasets().versions(find(request.getName()))) {
            DatasetVersion.Builder version =
                DatasetVersion.newBuilder()
                    .setVersion(each.number())
                    .setHash(each.hash())
                    .setRows(each.rows())
                    .setInstruments(each.instruments())
                    .setSource(each.source())
                    .setCreateTime(Protos.timestamp(each.created()));
            if (each.firstTime() != null) {
              version.setFirstTime(Protos.timestamp(each.firstTime()));
              version.setLastTime(Protos.timestamp(each.lastTime()));
            }
            response.addVersions(version);
          }
          return response.build();
        });
  }

  // ------------------------------------------------------------------ delete

  @Override
  public void deleteDataset(
      DeleteDatasetRequest request, StreamObserver<DeleteDatasetResponse> observer) {
    Calls.answer(observer, () -> delete(request));
  }

  private DeleteDatasetResponse delete(DeleteDatasetRequest request) {
    DatasetRecord dataset = find(request.getName());
    List<String> readers = DatasetReaders.of(dataset.name(), context);
    if (!readers.isEmpty() && !request.getForce()) {
      throw new SlipstreamException(
          Category.CONFLICT,
          "dataset '" + dataset.name() + "' is read by " + String.join(", ", readers),
          "Change those experiments first, or force the deletion.");
    }
    List<String> hashes = new ArrayList<>();
    context.store().datasets().versions(dataset).forEach(each -> hashes.add(each.hash()));
    long before = bytes(hashes);
    synchronized (context.store().datasets()) {
      context.store().datasets().delete(dataset);
      context.store().tables().removeUnused();
    }
    return DeleteDatasetResponse.newBuilder()
        .setFreedBytes(before - bytes(hashes))
        .addAllExperiments(readers)
        .build();
  }

  private long bytes(List<String> hashes) {
    long bytes = 0;
    for (String hash : hashes) {
      Path folder = context.store().content().tablePath(hash);
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.toList()) {
            bytes += Files.size(file);
          }
        } catch (IOException e) {
          throw AtomicFiles.explain("look at the table", folder, e);
        }
      }
    }
    return bytes;
  }

  @Override
  public void getDatasetHealth(
      GetDatasetHealthRequest request, StreamObserver<HealthReport> observer) {
    Calls.answer(
        observer,
        () -> {
          DatasetRecord dataset = find(request.getName());
          Optional<HealthReport> kept = kept(dataset);
          if (kept.isPresent()) {
            return kept.get();
          }
          try (Table table = open(dataset)) {
            return health(dataset, table, Calls.untilCancelled());
          }
        });
  }

  /** The report of the last check, unless an older check made it. */
  private Optional<HealthReport> kept(DatasetRecord dataset) {
    if (dataset.qualityHash() == null) {
      return Optional.empty();
    }
    try {
      HealthReport kept =
          HealthReport.parseFrom(context.store().content().get(dataset.qualityHash()));
      return Optional.of(kept)
          .filter(each -> each.getVersion() == HealthReports.VERSION)
          .map(each -> each.toBuilder().setSource(dataset.name()).build());
    } catch (InvalidProtocolBufferException | SlipstreamException e) {
      LOG.warn(
          "The health report of dataset {} cannot be read and is made anew", dataset.name(), e);
      return Optional.empty();
    }
  }

  @Override
  public void checkHealth(CheckHealthRequest request, StreamObserver<CheckHealthEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-health",
        sink -> {
          if (request.getSourcesCount() == 0) {
            throw SlipstreamException.invalid(
                "no source is named", Place.key("sources"), "Name datasets or files.");
          }
          Pipeline.HealthChecks checks = context.pipeline().healthChecks(request);
          Progress progress =
              new SinkProgress<>(
                  sink, each -> CheckHealthEvent.newBuilder().setProgress(each).build());
          for (HealthSource source : request.getSourcesList()) {
            CheckHealthEvent.Builder event = CheckHealthEvent.newBuilder();
            try {
              event.setReport(check(source, request, checks, progress));
            } catch (SlipstreamException e) {
              if (e.category() == Category.CANCELLED) {
                throw e;
              }
              event.setProblem(StatusMapping.toProblem(e));
            }
            sink.send(event.build());
          }
          if (request.getHtml()) {
            sink.send(CheckHealthEvent.newBuilder().setHtml(checks.html()).build());
          }
        });
  }

  private HealthReport check(
      HealthSource source,
      CheckHealthRequest request,
      Pipeline.HealthChecks checks,
      Progress progress) {
    if (source.getDataset().isEmpty()) {
      Path scratch = context.store().content().scratch().resolve("health-" + UUID.randomUUID());
      try {
        return checks.file(source, scratch, context.plugins(), progress);
      } finally {
        try {
          AtomicFiles.deleteRecursively(scratch);
        } catch (IOException e) {
          LOG.warn("The table of a health check {} could not be removed", scratch, e);
        }
      }
    }
    DatasetRecord dataset = find(source.getDataset());
    boolean standard = request.getRolesCount() == 0 && request.getOutlierZ() == 0;
    Optional<HealthReport> kept = standard && !request.getHtml() ? kept(dataset) : Optional.empty();
    if (kept.isPresent()) {
      return kept.get();
    }
    try (Table table = open(dataset)) {
      HealthReport report = checks.table(dataset.name(), table, progress);
      if (standard) {
        keep(dataset, report);
      }
      return report;
    }
  }

  private Table open(DatasetRecord dataset) {
    return Table.open(context.store().content().tablePath(dataset.hash()));
  }

  @Override
  public void readRows(ReadRowsRequest request, StreamObserver<ReadRowsResponse> observer) {
    Calls.answer(observer, () -> explorer.rows(request));
  }

  // ----------------------------------------------------------------- explore

  @Override
  public void openView(OpenViewRequest request, StreamObserver<OpenViewEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-view",
        sink -> {
          RowView view =
              explorer.open(
                  request,
                  new SinkProgress<>(
                      sink, each -> OpenViewEvent.newBuilder().setProgress(each).build()));
          sink.send(OpenViewEvent.newBuilder().setView(view).build());
        });
  }

  @Override
  public void findRow(FindRowRequest request, StreamObserver<FindRowResponse> observer) {
    Calls.answer(observer, () -> explorer.find(request));
  }

  @Override
  public void listInstruments(
      ListInstrumentsRequest request, StreamObserver<ListInstrumentsResponse> observer) {
    Calls.answer(observer, () -> explorer.instruments(request));
  }

  @Override
  public void getColumnProfile(
      GetColumnProfileRequest request, StreamObserver<ColumnProfileEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-profile",
        sink -> {
          ColumnProfile profile =
              explorer.profile(
                  request,
                  new SinkProgress<>(
                      sink, each -> ColumnProfileEvent.newBuilder().setProgress(each).build()));
          sink.send(ColumnProfileEvent.newBuilder().setProfile(profile).build());
        });
  }

  @Override
  public void readSeries(ReadSeriesRequest request, StreamObserver<ReadSeriesResponse> observer) {
    Calls.answer(observer, () -> explorer.series(request, Calls.untilCancelled()));
  }

  @Override
  public void getDayCurve(GetDayCurveRequest request, StreamObserver<DayCurveEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-day-curve",
        sink -> {
          DayCurve curve =
              explorer.dayCurve(
                  request,
                  new SinkProgress<>(
                      sink, each -> DayCurveEvent.newBuilder().setProgress(each).build()));
          sink.send(DayCurveEvent.newBuilder().setCurve(curve).build());
        });
  }

  static Dataset toProto(DatasetRecord record) {
    Dataset.Builder dataset =
        Dataset.newBuilder()
            .setName(record.name())
            .setHash(record.hash())
            .setRows(record.rows())
            .setInstruments(record.instruments())
            .setTimeColumn(record.timeColumn())
            .setInstrumentColumn(record.instrumentColumn())
            .setSource(record.source())
            .setVersion(record.version())
            .setImporter(record.origin().importer())
            .setParameters(Protos.parameters(record.origin()))
            .setCreateTime(Protos.timestamp(record.created()));
    for (DatasetRecord.Column column : record.columns()) {
      dataset.addColumns(
          slipstream.proto.v1.Column.newBuilder()
              .setName(column.name())
              .setType(column.type())
              .setUnit(column.unit())
              .setDescription(column.description()));
    }
    if (record.firstTime() != null) {
      dataset.setFirstTime(Protos.timestamp(record.firstTime()));
      dataset.setLastTime(Protos.timestamp(record.lastTime()));
    }
    return dataset.build();
  }
}
