package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.proto.v1.DeleteExperimentRequest;
import slipstream.proto.v1.DeleteExperimentResponse;
import slipstream.proto.v1.Experiment;
import slipstream.proto.v1.ExperimentsServiceGrpc;
import slipstream.proto.v1.GetExperimentRequest;
import slipstream.proto.v1.GetExperimentSchemaRequest;
import slipstream.proto.v1.GetExperimentSchemaResponse;
import slipstream.proto.v1.ListExamplesRequest;
import slipstream.proto.v1.ListExamplesResponse;
import slipstream.proto.v1.ListExperimentsRequest;
import slipstream.proto.v1.ListExperimentsResponse;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.proto.v1.ValidateExperimentRequest;
import slipstream.proto.v1.ValidateExperimentResponse;
import slipstream.services.StatusMapping;

/** The experiment files in the workspace's folder. */
final class ExperimentsServiceImpl extends ExperimentsServiceGrpc.ExperimentsServiceImplBase {
  static final String EXTENSION = ".slip.yaml";

  /** In the folder of examples: their names, one a line, in the order to read them in. */
  private static final String EXAMPLES_ORDER = "order.txt";

  private static final int MAX_TEXT = 1 << 20;

  private final Context context;

  ExperimentsServiceImpl(Context context) {
    this.context = context;
  }

  @Override
  public void listExperiments(
      ListExperimentsRequest request, StreamObserver<ListExperimentsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          List<Path> files = files(context.workspace());
          int size = PageTokens.size(request.getPageSize());
          int from = (int) PageTokens.decode("experiments", request.getPageToken());
          ListExperimentsResponse.Builder response = ListExperimentsResponse.newBuilder();
          int to = Math.min(files.size(), from + size);
          for (int i = from; i < to; i++) {
            try {
              response.addExperiments(experiment(files.get(i)));
            } catch (SlipstreamException e) {
              // Deleted or made unreadable meanwhile: the list shows what can be read.
              continue;
            }
          }
          return response
              .setNextPageToken(PageTokens.encode("experiments", to < files.size() ? to : 0))
              .build();
        });
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().endsWith(EXTENSION)
                      && !file.getFileName().toString().startsWith(".")
                      && Files.isRegularFile(file))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw AtomicFiles.explain("list the experiments", folder, e);
    }
  }

  @Override
  public void getExperiment(GetExperimentRequest request, StreamObserver<Experiment> observer) {
    Calls.answer(observer, () -> experiment(file(context, request.getName())));
  }

  private static Path file(Context context, String name) {
    return context.workspace().resolve(Names.check("experiment", name) + EXTENSION);
  }

  /** The text of one of the workspace's experiments. */
  static String read(Context context, String name) {
    return read(file(context, name));
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_TEXT) {
        throw SlipstreamException.invalid(
            "it is too large for an experiment",
            Place.file(file.toString()),
            "At most " + MAX_TEXT + " bytes.");
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw SlipstreamException.notFound(
          "there is no experiment '" + name(file) + "' in the workspace",
          "List the experiments to see their names.");
    } catch (CharacterCodingException e) {
      throw SlipstreamException.invalid(
          "it is not UTF-8 text", Place.file(file.toString()), "Save it as UTF-8.");
    } catch (IOException e) {
      throw AtomicFiles.explain("read the experiment", file, e);
    }
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - EXTENSION.length());
  }

  private static Experiment experiment(Path file) {
    String text = read(file);
    try {
      return Experiment.newBuilder()
          .setName(name(file))
          .setText(text)
          .setDescription(description(text))
          .setUpdateTime(Protos.timestamp(Files.getLastModifiedTime(file).toInstant()))
          .setEtag(Hashing.sha256(text))
          .build();
    } catch (IOException e) {
      throw AtomicFiles.explain("read the experiment", file, e);
    }
  }

  /** The first line of the description, without reading the rest, which need not be valid. */
  private static String description(String text) {
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("description:")) {
        String value = line.substring("description:".length()).strip();
        if (value.matches("[|>][+-]?") && i + 1 < lines.size()) {
          value = lines.get(i + 1).strip();
        }
        return value.replaceAll("^[\"']|[\"']$", "");
      }
    }
    return "";
  }

  @Override
  public synchronized void saveExperiment(
      SaveExperimentRequest request, StreamObserver<Experiment> observer) {
    Calls.answer(
        observer,
        () -> {
          Path file = file(context, request.getName());
          if (request.getText().length() > MAX_TEXT) {
            throw SlipstreamException.invalid(
                "the text is too long for an experiment",
                Place.key("text"),
                "At most " + MAX_TEXT + " bytes.");
          }
          if (!request.getEtag().isEmpty()) {
            String now = Files.exists(file) ? Hashing.sha256(read(file)) : "";
            if (!now.equals(request.getEtag())) {
              throw new SlipstreamException(
                  Category.CONFLICT,
                  "experiment '"
                      + request.getName()
                      + (now.isEmpty() ? "' was deleted" : "' was changed by somebody else")
                      + " since it was read",
                  "Read it again and merge the changes, or save without an etag to replace it.");
            }
          }
          try {
            AtomicFiles.write(file, request.getText().getBytes(StandardCharsets.UTF_8));
          } catch (IOException e) {
            throw AtomicFiles.explain("save the experiment", file, e);
          }
          return experiment(file);
        });
  }

  @Override
  public synchronized void deleteExperiment(
      DeleteExperimentRequest request, StreamObserver<DeleteExperimentResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Path file = file(context, request.getName());
          try {
            Files.delete(file);
          } catch (NoSuchFileException e) {
            throw SlipstreamException.notFound(
                "there is no experiment '" + request.getName() + "' in the workspace",
                "List the experiments to see their names.");
          } catch (IOException e) {
            throw AtomicFiles.explain("delete the experiment", file, e);
          }
          return DeleteExperimentResponse.getDefaultInstance();
        });
  }

  @Override
  public void validateExperiment(
      ValidateExperimentRequest request, StreamObserver<ValidateExperimentResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          List<SlipstreamException> problems = new ArrayList<>();
          try {
            problems.addAll(
                context
                    .pipeline()
                    .parse(
                        request.getText(),
                        request.getFile(),
                        request.getOverridesMap(),
                        context.plugins())
                    .problems());
          } catch (SlipstreamException e) {
            if (e.category() == Category.INTERNAL) {
              throw e;
            }
            problems.add(e);
          }
          ValidateExperimentResponse.Builder response = ValidateExperimentResponse.newBuilder();
          problems.forEach(problem -> response.addProblems(StatusMapping.toProblem(problem)));
          return response.build();
        });
  }

  @Override
  public void listExamples(
      ListExamplesRequest request, StreamObserver<ListExamplesResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ListExamplesResponse.Builder response = ListExamplesResponse.newBuilder();
          ProductFolders.examples()
              .ifPresent(
                  folder ->
                      examples(folder).forEach(file -> response.addExamples(experiment(file))));
          return response.build();
        });
  }

  /** In the order of the folder's list, which a newcomer reads from the top; then what is not listed. */
  private static List<Path> examples(Path folder) {
    List<String> order;
    try {
      Path list = folder.resolve(EXAMPLES_ORDER);
      order = Files.exists(list) ? Files.readAllLines(list) : List.of();
    } catch (IOException e) {
      throw AtomicFiles.explain("list the examples", folder, e);
    }
    return files(folder).stream()
        .sorted(
            Comparator.comparingInt(
                file -> {
                  String name = file.getFileName().toString();
                  int at = order.indexOf(name.substring(0, name.length() - EXTENSION.length()));
                  return at < 0 ? Integer.MAX_VALUE : at;
                }))
        .toList();
  }

  @Override
  public void getExperimentSchema(
      GetExperimentSchemaRequest request, StreamObserver<GetExperimentSchemaResponse> observer) {
    Calls.answer(
        observer,
        () ->
            GetExperimentSchemaResponse.newBuilder()
                .setJson(context.pipeline().schema(context.plugins()))
                .build());
  }
}
