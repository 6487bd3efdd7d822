package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.data.generate.GenerateOptions;
import slipstream.data.generate.Generation;
import slipstream.proto.v1.GenerateEvent;
import slipstream.proto.v1.GenerateRequest;
import slipstream.proto.v1.GenerateResult;
import slipstream.proto.v1.GeneratorServiceGrpc;

/** Synthetic data. */
final class GeneratorServiceImpl extends GeneratorServiceGrpc.GeneratorServiceImplBase {
  private final Context context;

  GeneratorServiceImpl(Context context) {
    this.context = context;
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-generate",
        sink -> {
          GenerateResult result =
              generate(
                  request,
                  new SinkProgress<>(
                      sink, each -> GenerateEvent.newBuilder().setProgress(each).build()));
          sink.send(GenerateEvent.newBuilder().setResult(result).build());
        });
  }

  private GenerateResult generate(GenerateRequest request, Progress progress) {
    if (request.getFolder().isBlank()) {
      throw SlipstreamException.invalid(
          "no folder is named", Place.key("folder"), "Name one that does not exist yet.");
    }
    GenerateOptions.Kind kind =
        switch (request.getKind()) {
          case GENERATED_KIND_PARENTS -> GenerateOptions.Kind.PARENTS;
          case GENERATED_KIND_BONDS -> GenerateOptions.Kind.BONDS;
          default ->
              throw SlipstreamException.invalid(
                  "it is not said what to generate", Place.key("kind"), "Say parents or bonds.");
        };
    GenerateOptions options =
        new GenerateOptions(
            kind,
            request.getRows(),
            request.getSeed(),
            request.getNoise(),
            request.getDirty(),
            request.getEndogenous());
    Path folder = context.workspace().resolve(request.getFolder()).normalize();
    long start = System.nanoTime();
    int threads = Runtime.getRuntime().availableProcessors();
    Generation.write(options, request.getTruthRows(), folder, threads, progress);
    GenerateResult.Builder result =
        GenerateResult.newBuilder()
            .setFolder(folder.toString())
            .setRows(request.getRows())
            .setSeconds((System.nanoTime() - start) / 1e9);
    try (Stream<Path> files = Files.list(folder)) {
      String rows = Generation.fileName(options);
      List<Path> sorted = files.sorted().toList();
      long bytes = 0;
      for (Path file : sorted) {
        bytes += Files.size(file);
      }
      result.setBytes(bytes).addFiles(rows);
      sorted.stream()
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(rows))
          .forEach(result::addFiles);
    } catch (IOException e) {
      throw AtomicFiles.explain("read", folder, e);
    }
    return result.build();
  }
}
