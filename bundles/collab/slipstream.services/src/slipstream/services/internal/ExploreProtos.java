package slipstream.services.internal;

import com.google.protobuf.Value;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.explore.ColumnProfile;
import slipstream.data.explore.DayCurve;
import slipstream.data.explore.Decimation;
import slipstream.proto.v1.DayCurveBin;
import slipstream.proto.v1.Quantile;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.proto.v1.Series;
import slipstream.proto.v1.TextCount;

/** What is seen of tables, in the protocol's words. */
final class ExploreProtos {
  private static final long WHOLE = 1L << 53;

  private ExploreProtos() {}

  /** A cell. What a double cannot say exactly goes as text. */
  static Value cell(Column column, long row) {
    if (column.isNull(row)) {
      return Protos.nullValue();
    }
    return switch (column.type()) {
      case STRING -> Value.newBuilder().setStringValue(column.getString(row)).build();
      case TIMESTAMP ->
          Value.newBuilder().setStringValue(Protos.instant(column.getLong(row)).toString()).build();
      case BOOLEAN -> Value.newBuilder().setBoolValue(column.getLong(row) != 0).build();
      case INT64, INT32 -> {
        long value = column.getLong(row);
        yield Math.abs(value) <= WHOLE && value != Long.MIN_VALUE
            ? Value.newBuilder().setNumberValue(value).build()
            : Value.newBuilder().setStringValue(Long.toString(value)).build();
      }
      case FLOAT64, FLOAT32 -> number(column.getDouble(row));
    };
  }

  private static Value number(double value) {
    if (Double.isNaN(value)) {
      return Protos.nullValue();
    }
    return Double.isInfinite(value)
        ? Value.newBuilder().setStringValue(value > 0 ? "Infinity" : "-Infinity").build()
        : Value.newBuilder().setNumberValue(value).build();
  }

  static slipstream.proto.v1.ColumnProfile profile(Column column, ColumnProfile profile) {
    slipstream.proto.v1.ColumnProfile.Builder message =
        slipstream.proto.v1.ColumnProfile.newBuilder()
            .setColumn(Protos.column(column.field()))
            .setRows(profile.rows())
            .setKnown(profile.known())
            .setNulls(profile.nulls())
            .setNans(profile.nans())
            .setInfinities(profile.infinities())
            .setZeros(profile.zeros())
            .setNegatives(profile.negatives())
            .setDistinct(profile.distinct())
            .setMin(profile.min())
            .setMax(profile.max())
            .setMean(profile.mean())
            .setStd(profile.std())
            .setBelow(profile.below())
            .setAbove(profile.above());
    for (int i = 0; i < profile.quantiles().length; i++) {
      message.addQuantiles(
          Quantile.newBuilder()
              .setProbability(ColumnProfile.PROBABILITIES.get(i))
              .setValue(profile.quantiles()[i]));
    }
    Arrays.stream(profile.edges()).forEach(message::addEdges);
    Arrays.stream(profile.counts()).forEach(message::addCounts);
    profile
        .top()
        .forEach(
            each ->
                message.addTop(TextCount.newBuilder().setText(each.text()).setCount(each.count())));
    return message.build();
  }

  /** A window of a screen. */
  record Window(long from, long to, int pixels) {}

  /** The window asked for; all rows of the instrument when it is empty. */
  static Window window(Table table, Partition partition, long from, long to, int pixels) {
    if (from != 0 || to != 0 || partition.rows() == 0) {
      return new Window(from, to, pixels);
    }
    return new Window(
        time(table, partition, partition.from()),
        time(table, partition, partition.to() - 1),
        pixels);
  }

  private static long time(Table table, Partition partition, long row) {
    return table.hasTime() ? table.time().getLong(row) : row - partition.from();
  }

  /** A head without series. */
  static ReadSeriesResponse.Builder head(Table table, Partition partition, Window window) {
    ReadSeriesResponse.Builder head =
        ReadSeriesResponse.newBuilder()
            .setInstrument(partition.instrument())
            .setFrom(window.from())
            .setTo(window.to())
            .setHasTime(table.hasTime());
    if (partition.rows() > 0) {
      head.setFirst(time(table, partition, partition.from()))
          .setLast(time(table, partition, partition.to() - 1));
    }
    return head;
  }

  static Series series(Column column, Decimation decimation) {
    return Series.newBuilder()
        .setName(column.name())
        .setUnit(column.field().unit())
        .addAllTimes(Arrays.stream(decimation.times()).boxed().collect(Collectors.toList()))
        .addAllValues(Arrays.stream(decimation.values()).boxed().collect(Collectors.toList()))
        .setRows(decimation.rows())
        .setKnown(decimation.known())
        .build();
  }

  static List<DayCurveBin> bins(DayCurve curve, double scale) {
    return curve.bins().stream()
        .map(
            bin ->
                DayCurveBin.newBuilder()
                    .setStartSeconds(bin.startSeconds())
                    .setCount(bin.count())
                    .setMean(scale * bin.mean())
                    .setLowerQuartile(scale * bin.lower())
                    .setMedian(scale * bin.median())
                    .setUpperQuartile(scale * bin.upper())
                    .build())
        .toList();
  }

  /** Whether a column holds numbers that can be plotted and measured. */
  static boolean numeric(Column column) {
    return column.type() != ColumnType.STRING && column.type() != ColumnType.TIMESTAMP;
  }
}
