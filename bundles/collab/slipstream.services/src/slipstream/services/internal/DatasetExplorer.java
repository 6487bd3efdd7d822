package slipstream.services.internal;

import com.google.protobuf.ListValue;
import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.function.LongToDoubleFunction;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.Hashing;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.explore.ColumnProfile;
import slipstream.data.explore.DayCurve;
import slipstream.data.explore.Decimation;
import slipstream.data.explore.RowSelection;
import slipstream.data.explore.TableQuery;
import slipstream.proto.v1.DayCurveKind;
import slipstream.proto.v1.FindRowRequest;
import slipstream.proto.v1.FindRowResponse;
import slipstream.proto.v1.GetColumnProfileRequest;
import slipstream.proto.v1.GetDayCurveRequest;
import slipstream.proto.v1.Instrument;
import slipstream.proto.v1.ListInstrumentsRequest;
import slipstream.proto.v1.ListInstrumentsResponse;
import slipstream.proto.v1.OpenViewRequest;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
import slipstream.proto.v1.ReadSeriesRequest;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.proto.v1.RowView;
import slipstream.proto.v1.SortColumn;

/** Looking into datasets: rows, views, statistics, plots. Nothing here costs more than it shows, or tells how far it is. */
final class DatasetExplorer {
  private static final int MAX_ROWS = 10_000;
  private static final int DEFAULT_ROWS = 100;
  private static final int MAX_INSTRUMENTS = 10_000;
  private static final int DEFAULT_INSTRUMENTS = 1000;
  private static final int MAX_BINS = 1000;
  private static final int DEFAULT_BINS = 60;
  private static final int MAX_PIXELS = 10_000;
  private static final int MAX_SERIES = 16;
  private static final int DEFAULT_BIN_SECONDS = 900;
  private static final Duration QUERY_LIMIT = Duration.ofMinutes(2);

  private final Context context;
  private final OpenTables tables;

  DatasetExplorer(Context context, OpenTables tables) {
    this.context = context;
    this.tables = tables;
  }

  // -------------------------------------------------------------------- rows

  ReadRowsResponse rows(ReadRowsRequest request) {
    long first = request.getFirstRow();
    int count = request.getRowCount() == 0 ? DEFAULT_ROWS : request.getRowCount();
    if (first < 0 || count < 0) {
      throw SlipstreamException.invalid(
          "rows cannot be negative", Place.key(first < 0 ? "first_row" : "row_count"), "");
    }
    try (var table = tables.table(request.getName());
        var view = tables.rows(table.value(), request.getView())) {
      ReadRowsResponse.Builder response = ReadRowsResponse.newBuilder();
      List<Column> columns = table.value().columns();
      columns.forEach(each -> response.addColumns(Protos.column(each.field())));
      RowSelection rows = view.value();
      int size = (int) Math.clamp(rows.rows() - first, 0, Math.min(count, MAX_ROWS));
      long[] numbers = new long[size];
      rows.rows(first, size, numbers);
      for (long row : numbers) {
        ListValue.Builder values = ListValue.newBuilder();
        columns.forEach(each -> values.addValues(ExploreProtos.cell(each, row)));
        response.addRows(values).addRowNumbers(row);
      }
      return response.build();
    }
  }

  RowView open(OpenViewRequest request, Progress progress) {
    long start = System.nanoTime();
    try (var table = tables.table(request.getName())) {
      Table rows = table.value();
      Partition within =
          request.getInstrument().isEmpty()
              ? new Partition("", 0, rows.rows())
              : OpenTables.partition(rows, request.getInstrument());
      TableQuery query =
          new TableQuery(
              request.getWhere(),
              request.getOrderList().stream()
                  .map(each -> new TableQuery.Order(each.getColumn(), each.getDescending()))
                  .toList(),
              within.from(),
              within.to());
      String id = rows.hash() + "-" + id(request, within);
      boolean known = tables.views().find(id).map(DatasetExplorer::release).isPresent();
      try (var view = view(id, rows, query, progress)) {
        return RowView.newBuilder()
            .setId(id)
            .setRows(view.value().rows())
            .setSeconds(known ? 0 : (System.nanoTime() - start) / 1e9)
            .build();
      }
    }
  }

  private Leases<RowSelection>.Lease view(
      String id, Table table, TableQuery query, Progress progress) {
    int threads = Runtime.getRuntime().availableProcessors();
    while (true) {
      try {
        return tables
            .views()
            .get(
                id,
                () ->
                    query.run(
                        table,
                        context.store().content().scratch(),
                        threads,
                        QUERY_LIMIT,
                        progress));
      } catch (SlipstreamException e) {
        // Another caller who asked for the same and went away must not take this one along.
        if (e.category() != SlipstreamException.Category.CANCELLED || progress.cancelled()) {
          throw e;
        }
      }
    }
  }

  private static Leases<RowSelection>.Lease release(Leases<RowSelection>.Lease lease) {
    lease.close();
    return lease;
  }

  private static String id(OpenViewRequest request, Partition within) {
    StringBuilder text = new StringBuilder();
    text.append(within.from()).append('\n').append(within.to()).append('\n');
    for (SortColumn each : request.getOrderList()) {
      text.append(each.getDescending()).append(each.getColumn().length());
      text.append(each.getColumn()).append('\n');
    }
    text.append('\n').append(request.getWhere());
    return Hashing.sha256(text.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 24);
  }

  FindRowResponse find(FindRowRequest request) {
    try (var table = tables.table(request.getName());
        var view = tables.rows(table.value(), request.getView())) {
      Table rows = table.value();
      if (!rows.hasTime()) {
        throw SlipstreamException.invalid(
            "the data have no time column", Place.key("time"), "Go to a row by its number.");
      }
      if (!view.value().natural()) {
        throw SlipstreamException.invalid(
            "the rows are sorted by another column", Place.key("time"), "Sort by nothing first.");
      }
      long time = nanos(request.getTime());
      List<Partition> partitions =
          request.getInstrument().isEmpty()
              ? rows.partitions()
              : List.of(OpenTables.partition(rows, request.getInstrument()));
      for (Partition partition : partitions) {
        long row = Decimation.lowerBound(rows, partition, time);
        long position = view.value().positionOf(row);
        boolean there =
            position < view.value().rows() && view.value().row(position) < partition.to();
        if (row < partition.to() && there) {
          return FindRowResponse.newBuilder().setPosition(position).build();
        }
      }
      return FindRowResponse.newBuilder().setPosition(view.value().rows()).build();
    }
  }

  private static long nanos(Timestamp time) {
    try {
      return Math.addExact(Math.multiplyExact(time.getSeconds(), 1_000_000_000L), time.getNanos());
    } catch (ArithmeticException e) {
      return time.getSeconds() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  ListInstrumentsResponse instruments(ListInstrumentsRequest request) {
    int most =
        request.getPageSize() <= 0
            ? DEFAULT_INSTRUMENTS
            : Math.min(request.getPageSize(), MAX_INSTRUMENTS);
    String contains = request.getContains().toLowerCase(Locale.ROOT);
    try (var table = tables.table(request.getName())) {
      Table rows = table.value();
      ListInstrumentsResponse.Builder response =
          ListInstrumentsResponse.newBuilder().setTotal(rows.partitions().size());
      for (Partition partition : rows.partitions()) {
        if (response.getInstrumentsCount() == most) {
          break;
        }
        if (partition.instrument().toLowerCase(Locale.ROOT).contains(contains)) {
          Instrument.Builder each =
              response
                  .addInstrumentsBuilder()
                  .setName(partition.instrument())
                  .setFirstRow(partition.from())
                  .setRows(partition.rows());
          if (rows.hasTime() && partition.rows() > 0) {
            each.setFirstTime(time(rows, partition.from()))
                .setLastTime(time(rows, partition.to() - 1));
          }
        }
      }
      return response.build();
    }
  }

  private static Timestamp time(Table table, long row) {
    return Protos.timestamp(Protos.instant(table.time().getLong(row)));
  }

  // ------------------------------------------------------ statistics and plots

  slipstream.proto.v1.ColumnProfile profile(GetColumnProfileRequest request, Progress progress) {
    int bins = request.getBins() == 0 ? DEFAULT_BINS : request.getBins();
    check(bins >= 1 && bins <= MAX_BINS, "bins", "1 to " + MAX_BINS);
    try (var table = tables.table(request.getName());
        var view = tables.rows(table.value(), request.getView())) {
      Column column = table.value().column(request.getColumn());
      return ExploreProtos.profile(column, ColumnProfile.of(column, view.value(), bins, progress));
    }
  }

  private static void check(boolean right, String key, String allowed) {
    if (!right) {
      throw SlipstreamException.invalid(
          key + " is out of range", Place.key(key), "Allowed: " + allowed + ".");
    }
  }

  ReadSeriesResponse series(ReadSeriesRequest request, Progress progress) {
    check(request.getPixels() >= 1 && request.getPixels() <= MAX_PIXELS, "pixels", "1 to 10000");
    check(request.getColumnsCount() <= MAX_SERIES, "columns", "at most " + MAX_SERIES);
    check(request.getFrom() <= request.getTo(), "from", "not after to");
    try (var table = tables.table(request.getName())) {
      Table rows = table.value();
      Partition partition = OpenTables.partition(rows, request.getInstrument());
      ExploreProtos.Window window =
          ExploreProtos.window(
              rows, partition, request.getFrom(), request.getTo(), request.getPixels());
      ReadSeriesResponse.Builder response = ExploreProtos.head(rows, partition, window);
      for (String name : request.getColumnsList()) {
        Column column = number(rows, name, "columns");
        response.addSeries(
            ExploreProtos.series(
                column,
                Decimation.of(
                    rows,
                    column,
                    partition,
                    window.from(),
                    window.to(),
                    window.pixels(),
                    progress)));
      }
      return response.build();
    }
  }

  private static Column number(Table table, String name, String key) {
    Column column = table.column(name);
    if (!ExploreProtos.numeric(column)) {
      throw SlipstreamException.invalid(
          "column '" + name + "' is " + (column.type() == ColumnType.STRING ? "text" : "a time"),
          Place.key(key),
          "Choose a column of numbers.");
    }
    return column;
  }

  slipstream.proto.v1.DayCurve dayCurve(GetDayCurveRequest request, Progress progress) {
    try (var lease = tables.table(request.getName())) {
      Table table = lease.value();
      List<Partition> partitions =
          request.getInstrument().isEmpty()
              ? table.partitions()
              : List.of(OpenTables.partition(table, request.getInstrument()));
      GetDayCurveRequest filled = fill(request, table);
      ZoneId zone = zone(filled.getTimeZone());
      slipstream.proto.v1.DayCurve.Builder message =
          slipstream.proto.v1.DayCurve.newBuilder().setRequest(filled);
      DayCurve curve;
      double scale = 1;
      if (request.getKind() == DayCurveKind.DAY_CURVE_KIND_SPREAD) {
        curve =
            DayCurve.ofLevel(
                table,
                spread(table, filled, message),
                partitions,
                filled.getBinSeconds(),
                zone,
                progress);
      } else if (request.getKind() == DayCurveKind.DAY_CURVE_KIND_VOLUME) {
        if (filled.getVolumeColumn().isEmpty()) {
          throw SlipstreamException.invalid(
              "no column looks like a volume", Place.key("volume_column"), "Choose one.");
        }
        message.setQuantity("Share of the day's " + filled.getVolumeColumn()).setUnit("%");
        scale = 100;
        Column volume = number(table, filled.getVolumeColumn(), "volume_column");
        curve =
            DayCurve.ofFlow(
                table, volume::getDouble, partitions, filled.getBinSeconds(), zone, progress);
      } else {
        throw SlipstreamException.invalid(
            "it is not said which curve", Place.key("kind"), "Say spread or volume.");
      }
      return message
          .addAllBins(ExploreProtos.bins(curve, scale))
          .setRows(curve.rows())
          .setDays(curve.days())
          .setSampledEvery(curve.sampledEvery())
          .build();
    }
  }

  /** The request with what was left out. */
  private static GetDayCurveRequest fill(GetDayCurveRequest request, Table table) {
    GetDayCurveRequest.Builder filled = request.toBuilder();
    if (request.getBinSeconds() == 0) {
      filled.setBinSeconds(DEFAULT_BIN_SECONDS);
    }
    if (request.getTimeZone().isEmpty()) {
      filled.setTimeZone("UTC");
    }
    if (request.getKind() == DayCurveKind.DAY_CURVE_KIND_VOLUME) {
      if (request.getVolumeColumn().isEmpty()) {
        filled.setVolumeColumn(ColumnRoles.volume(table.schema()));
      }
      return filled.build();
    }
    if (request.getSpreadColumn().isEmpty()) {
      if (request.getBidColumn().isEmpty()) {
        filled.setBidColumn(ColumnRoles.bid(table.schema()));
      }
      if (request.getAskColumn().isEmpty()) {
        filled.setAskColumn(ColumnRoles.ask(table.schema()));
      }
      if (filled.getBidColumn().isEmpty() || filled.getAskColumn().isEmpty()) {
        filled.clearBidColumn().clearAskColumn();
        filled.setSpreadColumn(ColumnRoles.spread(table.schema()));
      }
    } else {
      filled.clearBidColumn().clearAskColumn();
    }
    return filled.build();
  }

  private static LongToDoubleFunction spread(
      Table table, GetDayCurveRequest request, slipstream.proto.v1.DayCurve.Builder message) {
    if (!request.getSpreadColumn().isEmpty()) {
      Column spread = number(table, request.getSpreadColumn(), "spread_column");
      message.setQuantity(spread.name()).setUnit(spread.field().unit());
      return spread::getDouble;
    }
    if (request.getBidColumn().isEmpty()) {
      throw SlipstreamException.invalid(
          "no columns look like bid and ask, or like a spread",
          Place.key("bid_column"),
          "Choose them.");
    }
    Column bid = number(table, request.getBidColumn(), "bid_column");
    Column ask = number(table, request.getAskColumn(), "ask_column");
    message.setQuantity("Quoted spread (ask − bid) / mid").setUnit("bp");
    return row -> {
      double b = bid.getDouble(row);
      double a = ask.getDouble(row);
      // One-sided quotes are no spread; crossed ones are, and a negative one.
      return b > 0 && a > 0 ? 2e4 * (a - b) / (a + b) : Double.NaN;
    };
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw SlipstreamException.invalid(
          "there is no time zone '" + name + "'",
          Place.key("time_zone"),
          "Name one as in UTC, America/New_York or Europe/London.");
    }
  }
}
