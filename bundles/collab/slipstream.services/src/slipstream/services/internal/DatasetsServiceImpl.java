package slipstream.services.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.proto.v1.CheckHealthEvent;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.GetDatasetHealthRequest;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.ListDatasetsResponse;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
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

  DatasetsServiceImpl(Context context) {
    this.context = context;
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
                      sink, each -> ImportDatasetEvent.newBuilder().setProgress(each).build()));
          sink.send(ImportDatasetEvent.newBuilder().setDataset(toProto(dataset)).build());
        });
  }

  private DatasetRecord importDataset(ImportDatasetRequest request, Progress progress) {
    String name = request.getName();
    if (!name.isEmpty()) {
      Names.check("dataset", name);
    }
    Importer<?> importer = context.plugins().importer(request.getImporter());
    Map<String, Object> given = Protos.values(request.getParameters());
    Map<String, Object> parameters = ProductFolders.resolve(given);
    Path base =
        request.getBaseDirectory().isEmpty()
            ? context.workspace()
            : context.workspace().resolve(request.getBaseDirectory()).normalize();
    Path target = context.store().content().scratch().resolve("import-" + UUID.randomUUID());
    int threads = Runtime.getRuntime().availableProcessors();
    try {
      read(importer, parameters, new Importer.Context(base, target, threads, progress)).close();
      progress.checkCancelled();
      try (Table table = context.store().content().adopt(target)) {
        String source = String.valueOf(given.getOrDefault("path", request.getImporter()));
        DatasetRecord dataset =
            name.isEmpty()
                ? register(
                    context.store(),
                    Names.fromFile(source.replaceFirst("^" + ProductFolders.SAMPLE, ""), "dataset"),
                    source,
                    table)
                : registerAs(context.store(), name, source, table);
        if (dataset.qualityHash() == null) {
          health(dataset, table, progress);
        }
        return dataset;
      }
    } finally {
      try {
        AtomicFiles.deleteRecursively(target);
      } catch (IOException e) {
        LOG.warn("The unfinished import {} could not be removed", target, e);
      }
    }
  }

  private static <P extends Record> Table read(
      Importer<P> importer, Map<String, Object> parameters, Importer.Context into) {
    return importer.read(ParameterForm.bind(importer.parameters(), parameters, "parameters"), into);
  }

  /** Registers a table under a name that is free, or finds it when it is there already. */
  static DatasetRecord register(WorkspaceStore store, String name, String source, Table table) {
    synchronized (store.datasets()) {
      Optional<DatasetRecord> same = store.datasets().findByHash(table.hash());
      if (same.isPresent()) {
        return same.get();
      }
      String free = name;
      for (int i = 2; store.datasets().find(free).isPresent() && i < MAX_SUFFIX; i++) {
        free = name + "-" + i;
      }
      return store.datasets().register(record(free, source, table));
    }
  }

  private static DatasetRecord registerAs(
      WorkspaceStore store, String name, String source, Table table) {
    synchronized (store.datasets()) {
      Optional<DatasetRecord> there = store.datasets().find(name);
      if (there.isEmpty()) {
        return store.datasets().register(record(name, source, table));
      }
      if (there.get().hash().equals(table.hash())) {
        return there.get();
      }
      throw new SlipstreamException(
          Category.CONFLICT,
          "there is a dataset '" + name + "' with other content",
          "Choose another name; the dataset that is there is unchanged.");
    }
  }

  private static DatasetRecord record(String name, String source, Table table) {
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
            .toList());
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
    return context
        .store()
        .datasets()
        .find(name)
        .or(() -> context.store().datasets().findByHash(name))
        .orElseThrow(
            () ->
                SlipstreamException.notFound(
                    "there is no dataset '" + name + "'", "List the datasets to see their names."));
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
    Calls.answer(observer, () -> rows(request));
  }

  private ReadRowsResponse rows(ReadRowsRequest request) {
    long first = request.getFirstRow();
    int count = request.getRowCount() == 0 ? DEFAULT_ROWS : request.getRowCount();
    if (first < 0 || count < 0) {
      throw SlipstreamException.invalid(
          "rows cannot be negative", Place.key(first < 0 ? "first_row" : "row_count"), "");
    }
    try (Table table = open(find(request.getName()))) {
      ReadRowsResponse.Builder response = ReadRowsResponse.newBuilder();
      table.schema().fields().forEach(field -> response.addColumns(Protos.column(field)));
      long to = Math.min(table.rows(), first + Math.min(count, MAX_ROWS));
      List<slipstream.core.table.Column> columns = table.columns();
      for (long row = first; row < to; row++) {
        ListValue.Builder values = ListValue.newBuilder();
        for (slipstream.core.table.Column column : columns) {
          values.addValues(value(column, row));
        }
        response.addRows(values);
      }
      return response.build();
    }
  }

  private static Value value(slipstream.core.table.Column column, long row) {
    if (column.isNull(row)) {
      return Protos.nullValue();
    }
    if (column.type() == ColumnType.TIMESTAMP) {
      return Value.newBuilder()
          .setStringValue(Protos.instant(column.getLong(row)).toString())
          .build();
    }
    return switch (column.get(row)) {
      case null -> Protos.nullValue();
      case Boolean truth -> Value.newBuilder().setBoolValue(truth).build();
      case Number number -> Value.newBuilder().setNumberValue(number.doubleValue()).build();
      case Object other -> Value.newBuilder().setStringValue(other.toString()).build();
    };
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
