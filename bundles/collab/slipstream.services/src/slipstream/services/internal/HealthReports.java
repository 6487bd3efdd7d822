package slipstream.services.internal;

import java.util.ArrayList;
import java.util.List;
import slipstream.data.health.HealthReport.Count;
import slipstream.data.health.HealthReport.Example;
import slipstream.data.health.HealthReport.Finding;
import slipstream.data.health.HealthReport.InstrumentHealth;
import slipstream.data.health.Roles;
import slipstream.proto.v1.HealthColumn;
import slipstream.proto.v1.HealthCount;
import slipstream.proto.v1.HealthCoverage;
import slipstream.proto.v1.HealthExample;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.HealthInstrument;
import slipstream.proto.v1.HealthLine;
import slipstream.proto.v1.HealthMoves;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthTimeline;

/** Health reports as messages. */
final class HealthReports {
  /** Of the check; a kept report of another version is made anew. */
  static final int VERSION = 1;

  private HealthReports() {}

  static HealthReport toProto(
      String source, List<String> guesses, slipstream.data.health.HealthReport report) {
    boolean timed = !report.timeColumn().isEmpty() && report.rows() > 0;
    HealthReport.Builder message =
        HealthReport.newBuilder()
            .setVersion(VERSION)
            .setSource(source)
            .addAllGuesses(guesses)
            .setRows(report.rows())
            .setInstruments(report.instruments())
            .setTimeColumn(report.timeColumn())
            .setInstrumentColumn(report.instrumentColumn())
            .setTradingDays(report.tradingDays());
    if (timed) {
      message.setFirstTime(time(report.firstTime())).setLastTime(time(report.lastTime()));
    }
    report
        .columns()
        .forEach(
            column ->
                message.addColumns(
                    HealthColumn.newBuilder()
                        .setName(column.name())
                        .setType(column.type())
                        .setUnit(column.unit())
                        .setRole(Roles.word(column.role()))
                        .setNulls(column.nulls())
                        .setNans(column.nans())
                        .setInfinities(column.infinities())
                        .setZeros(column.zeros())
                        .setNegatives(column.negatives())
                        .setDistinct(column.distinct())
                        .setMin(column.min())
                        .setMax(column.max())
                        .setMean(column.mean())
                        .setStd(column.std())
                        .setMedian(column.median())));
    report.findings().forEach(finding -> message.addFindings(finding(finding)));
    report.worst().forEach(each -> message.addWorstInstruments(instrument(each, timed)));
    HealthTimeline.Builder timeline = HealthTimeline.newBuilder();
    report.timeline().starts().forEach(start -> timeline.addStarts(time(start)));
    timeline.addAllRows(report.timeline().rows());
    report
        .timeline()
        .kinds()
        .forEach(
            line ->
                timeline.addLines(
                    HealthLine.newBuilder().setKind(line.kind()).addAllCounts(line.counts())));
    HealthCoverage.Builder coverage =
        HealthCoverage.newBuilder()
            .addAllInstruments(report.coverage().instruments())
            .addAllShares(report.coverage().shares());
    report.coverage().starts().forEach(start -> coverage.addStarts(time(start)));
    return message
        .setTimeline(timeline)
        .setCoverage(coverage)
        .setMoves(
            HealthMoves.newBuilder()
                .addAllEdges(report.moves().edges())
                .addAllCounts(report.moves().counts()))
        .build();
  }

  private static com.google.protobuf.Timestamp time(long nanos) {
    return Protos.timestamp(Protos.instant(nanos));
  }

  private static List<HealthCount> counts(List<Count> counts) {
    List<HealthCount> messages = new ArrayList<>();
    for (Count each : counts) {
      messages.add(HealthCount.newBuilder().setName(each.name()).setCount(each.count()).build());
    }
    return messages;
  }

  private static HealthFinding finding(Finding finding) {
    HealthFinding.Builder message =
        HealthFinding.newBuilder()
            .setKind(finding.defect().kind())
            .setSeverity(Reports.toProto(finding.severity()))
            .setTitle(finding.defect().title())
            .setCount(finding.count())
            .setUnit(finding.defect().unit())
            .setOf(finding.of())
            .setDetail(finding.detail())
            .setMeaning(finding.defect().meaning())
            .setRemedy(finding.defect().remedy())
            .addAllColumns(counts(finding.columns()))
            .addAllInstruments(counts(finding.instruments()))
            .setInstrumentCount(finding.instrumentCount());
    for (Example example : finding.examples()) {
      HealthExample.Builder each =
          HealthExample.newBuilder()
              .setRow(example.row())
              .setInstrument(example.instrument())
              .setValues(example.values());
      if (example.hasTime()) {
        each.setTime(time(example.time()));
      }
      message.addExamples(each);
    }
    return message.build();
  }

  private static HealthInstrument instrument(InstrumentHealth each, boolean timed) {
    HealthInstrument.Builder message =
        HealthInstrument.newBuilder()
            .setName(each.name())
            .setRows(each.rows())
            .setDays(each.days())
            .setMissingDays(each.missingDays())
            .addAllCounts(counts(each.counts()));
    if (timed) {
      message.setFirstTime(time(each.firstTime())).setLastTime(time(each.lastTime()));
    }
    return message.build();
  }
}
