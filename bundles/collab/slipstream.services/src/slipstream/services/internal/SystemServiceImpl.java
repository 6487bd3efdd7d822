package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.Metric;
import slipstream.core.spi.PluginCatalog;
import slipstream.proto.v1.GetSystemInfoRequest;
import slipstream.proto.v1.ListPluginsRequest;
import slipstream.proto.v1.ListPluginsResponse;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.ParameterType;
import slipstream.proto.v1.Plugin;
import slipstream.proto.v1.PluginKind;
import slipstream.proto.v1.SystemInfo;
import slipstream.proto.v1.SystemServiceGrpc;
import slipstream.services.StatusMapping;

/** The product itself. */
final class SystemServiceImpl extends SystemServiceGrpc.SystemServiceImplBase {
  /** System property: the commit that the product was built from. */
  static final String COMMIT = "slipstream.commit";

  private final Context context;

  SystemServiceImpl(Context context) {
    this.context = context;
  }

  /** The product's version without its build qualifier. */
  static String version() {
    Bundle bundle = FrameworkUtil.getBundle(SystemServiceImpl.class);
    if (bundle == null) {
      return "0.1.0";
    }
    Version version = bundle.getVersion();
    return version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
  }

  /** What a model's provenance names as the code: version and, when known, commit. */
  static String codeVersion() {
    String commit = System.getProperty(COMMIT, "");
    return commit.isBlank() ? version() : version() + "+" + commit;
  }

  @Override
  public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<SystemInfo> observer) {
    Calls.answer(
        observer,
        () ->
            SystemInfo.newBuilder()
                .setVersion(version())
                .setCommit(System.getProperty(COMMIT, ""))
                .addAllChecks(SystemChecks.all(context.workspace()))
                .build());
  }

  @Override
  public void listPlugins(
      ListPluginsRequest request, StreamObserver<ListPluginsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          PluginCatalog plugins = context.plugins();
          ListPluginsResponse.Builder response = ListPluginsResponse.newBuilder();
          plugins
              .importers()
              .forEach(
                  each -> response.addPlugins(parametric(PluginKind.PLUGIN_KIND_IMPORTER, each)));
          plugins
              .extractors()
              .forEach(
                  each ->
                      response.addPlugins(
                          parametric(PluginKind.PLUGIN_KIND_FEATURE_EXTRACTOR, each)));
          plugins.functions().forEach(each -> response.addPlugins(function(each)));
          plugins
              .trainers()
              .forEach(
                  each -> response.addPlugins(parametric(PluginKind.PLUGIN_KIND_TRAINER, each)));
          plugins
              .objectives()
              .forEach(
                  each -> response.addPlugins(parametric(PluginKind.PLUGIN_KIND_OBJECTIVE, each)));
          plugins.metrics().forEach(each -> response.addPlugins(metric(each)));
          plugins.exporters().forEach(each -> response.addPlugins(exporter(each)));
          if (request.getKind() != PluginKind.PLUGIN_KIND_UNSPECIFIED) {
            List<Plugin> kept =
                response.getPluginsList().stream()
                    .filter(each -> each.getKind() == request.getKind())
                    .toList();
            response.clearPlugins().addAllPlugins(kept);
          }
          for (SlipstreamException problem : plugins.problems()) {
            response.addProblems(StatusMapping.toProblem(problem));
          }
          return response.build();
        });
  }

  private static Plugin.Builder begin(PluginKind kind, PluginCatalog.Entry<?> entry) {
    return Plugin.newBuilder()
        .setKind(kind)
        .setName(entry.name())
        .setBundle(entry.source().name())
        .setVersion(entry.source().version());
  }

  private static Plugin parametric(
      PluginKind kind, PluginCatalog.Entry<? extends slipstream.core.spi.Plugin<?>> entry) {
    Plugin.Builder plugin = begin(kind, entry).setSummary(entry.plugin().summary());
    for (ParameterDescription each : ParameterForm.describe(entry.plugin().parameters())) {
      plugin.addParameters(parameter(each));
    }
    return plugin.build();
  }

  private static Plugin function(PluginCatalog.Entry<FeatureFunction> entry) {
    FeatureFunction.Documentation about = entry.plugin().documentation();
    Plugin.Builder plugin =
        begin(PluginKind.PLUGIN_KIND_FEATURE_FUNCTION, entry)
            .setSummary(about.summary())
            .setFormula(about.formula())
            .setUnit(about.unit())
            .setNullRule(about.nullRule())
            .setSource(about.source());
    for (FeatureFunction.Argument argument : entry.plugin().arguments()) {
      plugin.addParameters(
          Parameter.newBuilder()
              .setName(argument.name())
              .setType(type(argument.kind()))
              .setRequired(!argument.optional())
              .setMin(ranged(argument) ? argument.min() : Double.NEGATIVE_INFINITY)
              .setMax(ranged(argument) ? argument.max() : Double.POSITIVE_INFINITY)
              .addAllChoices(argument.words())
              .setHelp(help(argument.kind())));
    }
    return plugin.build();
  }

  private static boolean ranged(FeatureFunction.Argument argument) {
    return !Double.isNaN(argument.min());
  }

  private static ParameterType type(FeatureFunction.Kind kind) {
    return switch (kind) {
      case SERIES, SERIES_LIST, GROUP, TIME, NUMBER -> ParameterType.PARAMETER_TYPE_NUMBER;
      case ROWS, WINDOW -> ParameterType.PARAMETER_TYPE_INTEGER;
      case DURATION -> ParameterType.PARAMETER_TYPE_DURATION;
      case TEXT -> ParameterType.PARAMETER_TYPE_TEXT;
    };
  }

  private static String help(FeatureFunction.Kind kind) {
    return switch (kind) {
      case SERIES -> "A series.";
      case SERIES_LIST -> "One series or more.";
      case GROUP -> "A text column, or a series of which equal values are a group.";
      case TIME -> "A column of dates or times.";
      case NUMBER -> "A number fixed in the expression.";
      case ROWS -> "A whole number fixed in the expression, such as a number of rows.";
      case WINDOW -> "A number of rows, or a length of time such as 5m.";
      case DURATION -> "A length of time such as 5m.";
      case TEXT -> "A text in quotes.";
    };
  }

  private static Plugin metric(PluginCatalog.Entry<Metric> entry) {
    Metric metric = entry.plugin();
    return begin(PluginKind.PLUGIN_KIND_METRIC, entry)
        .setSummary(metric.summary())
        .setUnit(metric.inTargetUnit() ? "unit of the target" : "")
        .build();
  }

  private static Plugin exporter(PluginCatalog.Entry<Exporter> entry) {
    return begin(PluginKind.PLUGIN_KIND_EXPORTER, entry)
        .setSummary(entry.plugin().summary())
        .build();
  }

  private static Parameter parameter(ParameterDescription each) {
    return Parameter.newBuilder()
        .setName(each.name())
        .setType(
            switch (each.type()) {
              case INTEGER -> ParameterType.PARAMETER_TYPE_INTEGER;
              case NUMBER -> ParameterType.PARAMETER_TYPE_NUMBER;
              case BOOLEAN -> ParameterType.PARAMETER_TYPE_BOOLEAN;
              case TEXT -> ParameterType.PARAMETER_TYPE_TEXT;
              case CHOICE -> ParameterType.PARAMETER_TYPE_CHOICE;
              case DURATION -> ParameterType.PARAMETER_TYPE_DURATION;
              case TEXT_LIST -> ParameterType.PARAMETER_TYPE_TEXT_LIST;
              case TEXT_MAP -> ParameterType.PARAMETER_TYPE_TEXT_MAP;
              case DATA -> ParameterType.PARAMETER_TYPE_DATA;
            })
        .setUnit(each.unit())
        .setRequired(each.required())
        .setDefaultValue(each.defaultValue())
        .setMin(each.min())
        .setMax(each.max())
        .addAllChoices(each.choices())
        .setHelp(each.help())
        .build();
  }
}
