package slipstream.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextTable;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.proto.v1.CacheServiceGrpc;
import slipstream.proto.v1.CachedFeature;
import slipstream.proto.v1.ListCacheRequest;
import slipstream.proto.v1.ListCacheResponse;
import slipstream.proto.v1.PruneCacheRequest;
import slipstream.proto.v1.PruneCacheResponse;

/** {@code slipstream cache list|prune}. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "Lists or removes features that were computed before.")
public final class CacheCommand implements Runnable {
  private static final int LONGEST = 60;

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say list or prune");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists them, the latest used first.")
  int list(
      @Mixin WorkspaceOptions workspace,
      @Option(names = "--json", description = "Prints everything as one JSON object.")
          boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    try (Services services = Services.of(workspace)) {
      ListCacheResponse cache =
          CacheServiceGrpc.newBlockingStub(services.channel())
              .listCache(ListCacheRequest.getDefaultInstance());
      if (json) {
        Json.print(cache, out);
      } else {
        print(cache, out);
      }
    }
    out.flush();
    return 0;
  }

  private static void print(ListCacheResponse cache, PrintWriter out) {
    if (cache.getFeaturesCount() > 0) {
      TextTable table = new TextTable(4, "used", "MB", "rows", "expression");
      for (CachedFeature each : cache.getFeaturesList()) {
        table.row(
            MINUTE.format(Instant.ofEpochSecond(each.getUsed().getSeconds())),
            String.format(Locale.ROOT, "%,.1f", each.getBytes() / 1e6),
            String.format(Locale.ROOT, "%,d", each.getRows()),
            shortened(each.getExpression()));
      }
      table.print(out);
    }
    out.printf(
        Locale.ROOT,
        "%,d series, %,.1f of %,.1f MB in %s%n",
        cache.getFeaturesCount(),
        cache.getBytes() / 1e6,
        cache.getQuota() / 1e6,
        cache.getFolder());
  }

  private static String shortened(String expression) {
    String line = expression.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
  }

  @Command(
      name = "prune",
      mixinStandardHelpOptions = true,
      description =
          "Removes those that were not used for the longest time; runs compute them again.")
  int prune(
      @Mixin WorkspaceOptions workspace,
      @Option(
              names = "--keep",
              paramLabel = "MB",
              defaultValue = "0",
              description =
                  "How much may stay. Default: ${DEFAULT-VALUE}, which removes everything.")
          double megabytes,
      @Option(names = "--json", description = "Prints the result as one JSON object.")
          boolean json) {
    if (!(megabytes >= 0) || megabytes > 1e12) {
      throw new ParameterException(
          spec.subcommands().get("prune"), "--keep " + megabytes + " is no size; write it as 5000");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Services services = Services.of(workspace)) {
      PruneCacheResponse pruned =
          CacheServiceGrpc.newBlockingStub(services.channel())
              .pruneCache(
                  PruneCacheRequest.newBuilder().setKeepBytes((long) (megabytes * 1e6)).build());
      if (json) {
        Json.print(pruned, out);
      } else {
        out.printf(
            Locale.ROOT,
            "%,d series removed, %,.1f MB%n",
            pruned.getRemoved(),
            pruned.getBytes() / 1e6);
      }
    }
    out.flush();
    return 0;
  }
}
