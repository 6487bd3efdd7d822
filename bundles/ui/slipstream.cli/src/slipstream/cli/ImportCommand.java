package slipstream.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Context;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.ImportOptions;
import slipstream.cli.internal.Interrupts;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.ProgressLine;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextTable;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ImportMessage;
import slipstream.proto.v1.PreviewColumn;
import slipstream.proto.v1.PreviewImportRequest;
import slipstream.proto.v1.PreviewImportResponse;
import slipstream.proto.v1.Severity;

/** {@code slipstream import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Imports files into the workspace as a dataset: CSV, JSON lines (plain, .gz, .zst) and Parquet.",
      "Several files become one table: data/*.csv, or data/{instrument}.csv, one for each instrument."
    })
public final class ImportCommand implements Callable<Integer> {
  private static final int PREVIEW_ROWS = 200;
  private static final int SHOWN_VALUES = 3;
  private static final int SHOWN_CHARACTERS = 24;

  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;
  @Mixin private ImportOptions options;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Files or quoted patterns. With --append none: those that the dataset was made of are read again.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The dataset's name. Default: the file's, without its extension.")
  private String name = "";

  @Option(
      names = "--append",
      paramLabel = "DATASET",
      description = {
        "Adds rows later than the dataset's last, by instrument, as a new version.",
        "Options that are not given are those that it was imported with."
      })
  private String append = "";

  @Option(
      names = "--preview",
      description = "Shows what an import would make of the first rows, and imports nothing.")
  private boolean preview;

  @Option(names = "--json", description = "Prints the dataset, or the preview, as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (files.isEmpty() && append.isEmpty()) {
      throw SlipstreamException.invalid(
          "no file is named", "Name one: slipstream import trades.csv.");
    }
    if (!append.isEmpty() && !name.isEmpty()) {
      throw SlipstreamException.invalid("--append keeps the dataset's name", "Leave --name out.");
    }
    if (preview && files.isEmpty()) {
      throw SlipstreamException.invalid("no file is named", "Name the file to look at.");
    }
    PrintWriter out = spec.commandLine().getOut();
    Struct parameters = options.parameters(files);
    if (preview) {
      try (Services services = Services.temporary()) {
        show(preview(services, parameters), out);
      }
      return 0;
    }
    try (Services services = Services.of(workspace)) {
      if (append.isEmpty()) {
        parameters = withKeys(services, parameters);
      }
      Dataset dataset =
          follow(
              services,
              ImportDatasetRequest.newBuilder()
                  .setName(name)
                  .setImporter(options.importer())
                  .setParameters(parameters)
                  .setAppendTo(append)
                  .build());
      if (json) {
        Json.print(dataset, out);
      } else {
        DatasetsCommand.describe(dataset, out);
      }
    }
    return 0;
  }

  // -------------------------------------------------------------------- import

  private Dataset follow(Services services, ImportDatasetRequest request) {
    ProgressLine line = new ProgressLine(spec.commandLine().getErr());
    Dataset dataset = null;
    Context.CancellableContext call = Context.current().withCancellation();
    try (Interrupts.Handler handler = Interrupts.onInterrupt(() -> call.cancel(null))) {
      Context before = call.attach();
      try {
        Iterator<ImportDatasetEvent> events =
            DatasetsServiceGrpc.newBlockingStub(services.channel()).importDataset(request);
        while (events.hasNext()) {
          ImportDatasetEvent event = events.next();
          switch (event.getEventCase()) {
            case PROGRESS -> line.show(event.getProgress());
            case MESSAGE -> message(line, event.getMessage());
            case DATASET -> dataset = event.getDataset();
            case EVENT_NOT_SET -> {}
          }
        }
      } finally {
        call.detach(before);
      }
    } catch (RuntimeException e) {
      line.clear();
      if (call.isCancelled()) {
        throw new SlipstreamException(
            Category.CANCELLED, "cancelled", "nothing was imported; what was there is unchanged");
      }
      throw e;
    } finally {
      call.cancel(null);
    }
    line.clear();
    return dataset;
  }

  private static void message(ProgressLine line, ImportMessage message) {
    line.message(
        (message.getSeverity() == Severity.SEVERITY_INFO ? "  " : "  note: ") + message.getText());
  }

  /** Time and instrument where the user named none, and says so. */
  private Struct withKeys(Services services, Struct parameters) {
    if (!options.timeOpen() && !options.instrumentOpen()) {
      return parameters;
    }
    PreviewImportResponse look = preview(services, parameters);
    Map<String, Value> suggested = open(look);
    PrintWriter err = spec.commandLine().getErr();
    look.getSuggestionsList().forEach(each -> err.println("  " + each));
    if (!suggested.isEmpty()) {
      err.println("  as " + options(suggested) + "; options that are given say otherwise");
    }
    if (!look.getQuestion().isEmpty()) {
      err.println("  " + look.getQuestion() + " (--time-zone says)");
    }
    err.flush();
    return parameters.toBuilder().putAllFields(suggested).build();
  }

  /** What the files suggest of what the user left open. */
  private Map<String, Value> open(PreviewImportResponse look) {
    Map<String, Value> suggested = new TreeMap<>(look.getSuggestedParameters().getFieldsMap());
    if (!options.timeOpen()) {
      suggested.keySet().removeIf(each -> each.startsWith("time"));
    }
    if (!options.instrumentOpen()) {
      suggested.remove("instrument");
    }
    return suggested;
  }

  /** Parameters as the options that say the same. */
  private static String options(Map<String, Value> parameters) {
    List<String> options = new ArrayList<>();
    parameters.forEach(
        (name, value) -> {
          String text =
              value.hasListValue()
                  ? value.getListValue().getValuesList().stream()
                      .map(Value::getStringValue)
                      .collect(Collectors.joining(","))
                  : value.getStringValue();
          options.add(
              "--"
                  + name.replace('_', '-')
                  + (text.matches("[\\w%,.:/-]+") ? " " + text : " '" + text + "'"));
        });
    return String.join(" ", options);
  }

  // ------------------------------------------------------------------- preview

  private PreviewImportResponse preview(Services services, Struct parameters) {
    return DatasetsServiceGrpc.newBlockingStub(services.channel())
        .previewImport(
            PreviewImportRequest.newBuilder()
                .setImporter(options.importer())
                .setParameters(parameters)
                .setRowCount(PREVIEW_ROWS)
                .setSuggest(true)
                .build());
  }

  private void show(PreviewImportResponse look, PrintWriter out) {
    if (json) {
      Json.print(look, out);
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s, read as %s: %s%n",
        look.getFilesCount() == 1
            ? look.getFiles(0)
            : Text.format("%,d files, the first %s", look.getFilesCount(), look.getFiles(0)),
        look.getImporter(),
        look.getTotalRows() >= 0
            ? Text.format("%,d rows", look.getTotalRows())
            : Text.format("the first %,d rows", look.getRows()));
    TextTable table = new TextTable(3, "column", "type", "in the file", "nulls", "values");
    for (PreviewColumn column : look.getColumnsList()) {
      String name = column.getColumn().getName();
      String source = column.getSource();
      table.row(
          column.getKept() ? name : "(" + name + ")",
          column.getKept() ? column.getColumn().getType().toLowerCase(Locale.ROOT) : "left out",
          (source.equals(name) || source.isEmpty() ? "" : source + " ") + column.getSourceType(),
          Text.format("%,d", column.getNulls()),
          values(column));
    }
    table.print(out);
    if (!look.getTimeColumn().isEmpty()) {
      out.println("Time: " + look.getTimeColumn());
    }
    if (!look.getInstrumentColumn().isEmpty()) {
      out.println("Instrument: " + look.getInstrumentColumn());
    }
    Map<String, Value> suggested = open(look);
    if (!suggested.isEmpty()) {
      out.println("Suggested: " + String.join("; ", look.getSuggestionsList()) + ".");
      out.println("  import takes " + options(suggested));
    } else if (look.getTimeColumn().isEmpty() && look.getInstrumentColumn().isEmpty()) {
      out.println(
          "Neither time nor instrument can be told; name columns with --time and --instrument.");
    }
    if (!look.getQuestion().isEmpty()) {
      out.println("Question: " + look.getQuestion() + " Answer with --time-zone.");
    }
    look.getNotesList().forEach(note -> out.println("Note: " + note));
    out.flush();
  }

  private static String values(PreviewColumn column) {
    List<String> values = new ArrayList<>();
    for (Value value : column.getValues().getValuesList()) {
      if (values.size() == SHOWN_VALUES) {
        break;
      }
      String text = value.hasNullValue() ? "-" : value.getStringValue().replaceAll("\\s", " ");
      values.add(
          text.length() > SHOWN_CHARACTERS + 8 ? text.substring(0, SHOWN_CHARACTERS) + "…" : text);
    }
    return String.join("  ", values);
  }
}
