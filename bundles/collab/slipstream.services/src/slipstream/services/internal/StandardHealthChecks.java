package slipstream.services.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;
import slipstream.data.DataFiles;
import slipstream.data.FileKeys;
import slipstream.data.ImportReport;
import slipstream.data.health.HealthCheck;
import slipstream.data.health.HealthOptions;
import slipstream.data.health.Role;
import slipstream.data.health.Roles;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.training.report.HealthPage;

/** Checks tables and files, and keeps the reports for a page. */
final class StandardHealthChecks implements Pipeline.HealthChecks {
  private final HealthOptions options;
  private final boolean html;
  private final List<HealthPage.Entry> entries = new ArrayList<>();

  /**
   * @throws SlipstreamException when a role or the outliers' z is none
   */
  StandardHealthChecks(CheckHealthRequest settings) {
    if (settings.getOutlierZ() < 0 || !Double.isFinite(settings.getOutlierZ())) {
      throw SlipstreamException.invalid(
          "the robust z of outliers must be positive, not " + settings.getOutlierZ(),
          Place.key("outlier_z"),
          "25 is usual.");
    }
    options =
        new HealthOptions(
            roles(settings.getRolesMap()),
            settings.getOutlierZ() == 0 ? HealthOptions.OUTLIER_Z : settings.getOutlierZ(),
            Runtime.getRuntime().availableProcessors());
    html = settings.getHtml();
  }

  private static Map<String, Role> roles(Map<String, String> words) {
    List<String> known = Arrays.stream(Role.values()).map(Roles::word).toList();
    Map<String, Role> roles = new LinkedHashMap<>();
    words.forEach(
        (column, word) -> {
          String normal = word.toLowerCase(Locale.ROOT).replace('-', '_');
          if (!known.contains(normal)) {
            throw SlipstreamException.invalid(
                "there is no role '" + word + "' for column '" + column + "'",
                Place.key("roles"),
                Nearest.remedy(word, known));
          }
          roles.put(column, Role.valueOf(normal.toUpperCase(Locale.ROOT)));
        });
    return roles;
  }

  @Override
  public HealthReport table(String source, Table table, Progress progress) {
    return report(source, List.of(), HealthCheck.of(table, options, null, progress));
  }

  private HealthReport report(
      String source, List<String> guesses, slipstream.data.health.HealthReport report) {
    if (html) {
      entries.add(new HealthPage.Entry(source, guesses, report));
    }
    return HealthReports.toProto(source, guesses, report);
  }

  @Override
  public HealthReport file(
      HealthSource source, Path scratch, PluginCatalog plugins, Progress progress) {
    Path file = Path.of(source.getFile()).toAbsolutePath().normalize();
    if (!Files.exists(file)) {
      throw new SlipstreamException(
          SlipstreamException.Category.NOT_FOUND,
          "there is no such file or dataset",
          Place.file(source.getFile()),
          "");
    }
    try {
      Files.createDirectories(scratch);
    } catch (IOException e) {
      throw AtomicFiles.explain("check the health", scratch, e);
    }
    progress.stage("Read " + file.getFileName(), 0, 100, "%");
    FileKeys.Said said =
        new FileKeys.Said(
            source.getTime(),
            source.getTimeOfDay(),
            source.getTimeUnit(),
            source.getTimeFormat(),
            source.getTimeZone(),
            source.getInstrumentList());
    FileKeys.Reading reading =
        FileKeys.guess(
            file,
            DataFiles.importer(file.toString(), file.getParent()),
            said,
            true,
            scratch,
            options.threads(),
            progress);
    AtomicReference<ImportReport> imported = new AtomicReference<>();
    try (Table table =
        read(
            plugins.importer(reading.importer()),
            reading.parameters(),
            new Importer.Context(
                file.getParent(),
                scratch.resolve("table"),
                options.threads(),
                ImportReport.Listener.of(progress, imported::set)))) {
      return report(
          source.getFile(),
          reading.guesses(),
          HealthCheck.of(table, options, imported.get(), progress));
    }
  }

  private static <P extends Record> Table read(
      Importer<P> importer, Map<String, Object> parameters, Importer.Context into) {
    return importer.read(ParameterForm.bind(importer.parameters(), parameters, ""), into);
  }

  @Override
  public String html() {
    return HealthPage.render(entries, SystemServiceImpl.codeVersion());
  }
}
