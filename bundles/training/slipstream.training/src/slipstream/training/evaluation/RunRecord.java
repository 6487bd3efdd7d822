package slipstream.training.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.provenance.RunEnvironment;

/**
 * The circumstances of a run: what made the results, where and when. The results themselves are in
 * the {@link Report}, which is the same wherever it is made.
 *
 * @param experimentHash SHA-256 of the experiment's canonical text
 * @param codeVersion version of Slipstream with its commit when known
 * @param plugins used by the run, sorted, as in {@link slipstream.core.provenance.Provenance}, with
 *     all trainers, metrics and exporters
 * @param finished when the results were complete
 */
public record RunRecord(
    String experiment,
    String experimentHash,
    String codeVersion,
    SequencedMap<String, String> plugins,
    RunEnvironment environment,
    Instant started,
    Instant finished,
    List<Training> training) {
  /** Version of the file. */
  private static final int FORMAT = 1;

  /**
   * How long a model took.
   *
   * @param model name in the experiment; {@code baseline} for the baseline
   * @param seconds of all its fits, those of the folds included
   */
  public record Training(String target, String model, double seconds) {}

  /** Seconds that a model's fits took; NaN when it is not among them. */
  public double seconds(String target, String model) {
    return training.stream()
        .filter(each -> each.target().equals(target) && each.model().equals(model))
        .mapToDouble(Training::seconds)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** By the wall clock. */
  public Duration took() {
    return Duration.between(started, finished);
  }

  /** UTF-8 JSON: {@code docs/formats/report.md}. */
  public byte[] json() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode run = mapper.createObjectNode();
    run.put("format", FORMAT);
    run.put("experiment", experiment);
    run.put("experimentHash", experimentHash);
    run.put("codeVersion", codeVersion);
    ObjectNode used = run.putObject("plugins");
    plugins.forEach(used::put);
    ObjectNode where = run.putObject("environment");
    where.put("os", environment.os());
    where.put("architecture", environment.architecture());
    where.put("java", environment.java());
    where.put("threads", environment.threads());
    where.put("device", environment.device());
    where.put("user", environment.user());
    run.put("started", started.toString());
    run.put("finished", finished.toString());
    ArrayNode fits = run.putArray("training");
    for (Training each : training) {
      ObjectNode fit = fits.addObject();
      fit.put("target", each.target());
      fit.put("model", each.model());
      fit.put("seconds", each.seconds());
    }
    try {
      String text = mapper.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(run);
      return (text.replace("\r\n", "\n") + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
