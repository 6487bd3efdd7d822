package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Loss;
import slipstream.core.spi.Objective;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;
import slipstream.core.store.ContentStore;
import slipstream.experiment.ExperimentValidator;
import slipstream.training.model.ModelPackage;

/** The worked example of an objective, built as its own build does: with the core bundle alone. */
class ExampleObjectiveTest {
  @TempDir private Path folder;
  private URLClassLoader classes;
  private PluginCatalog plugins;

  private static Path source() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return root.resolve("examples/plugin-objective/src");
  }

  @BeforeEach
  void build() throws Exception {
    Path target = Files.createDirectory(folder.resolve("classes"));
    Path core =
        Path.of(Objective.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> arguments =
        new ArrayList<>(List.of("-Xlint:all", "-Werror", "-proc:none", "-cp", core.toString()));
    arguments.addAll(List.of("-d", target.toString()));
    try (Stream<Path> files = Files.walk(source())) {
      files.map(Path::toString).filter(each -> each.endsWith(".java")).forEach(arguments::add);
    }
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new)));
    String declaration = "META-INF/services/" + Objective.class.getName();
    Files.createDirectories(target.resolve(declaration).getParent());
    Files.copy(source().resolve(declaration), target.resolve(declaration));
    classes =
        new URLClassLoader(new URL[] {target.toUri().toURL()}, Objective.class.getClassLoader());
    plugins =
        PluginCatalog.load(
            List.of(
                new PluginCatalog.Source("class path", "", getClass().getClassLoader()),
                new PluginCatalog.Source("example.objectives", "1.0.0", classes)));
    assertEquals(List.of(), plugins.problems());
  }

  @AfterEach
  void close() throws IOException {
    classes.close();
  }

  private Loss linex(String asymmetry) {
    return plugins.loss(
        new Trainer.ObjectiveUse(
            "linex", "objective", Map.of("asymmetry", asymmetry), "parameters", List.of()),
        "x");
  }

  @Test
  void theManifestMakesItABundle() throws IOException {
    try (InputStream in = Files.newInputStream(source().resolve("META-INF/MANIFEST.MF"))) {
      var bundle = new Manifest(in).getMainAttributes();
      assertEquals("example.objectives", bundle.getValue("Bundle-SymbolicName"));
      assertEquals("slipstream.core", bundle.getValue("Require-Bundle"));
    }
  }

  @Test
  void itsDerivativesAreThoseOfItsLoss() {
    for (String asymmetry : new String[] {"-1.5", "-0.1", "0.5", "2"}) {
      Loss loss = linex(asymmetry);
      for (double r = -3; r <= 3; r += 0.37) {
        double h = 1e-4;
        double slope = (loss.loss(r, h) - loss.loss(r, -h)) / (2 * h);
        double curvature = (loss.gradient(r, h) - loss.gradient(r, -h)) / (2 * h);
        assertEquals(slope, loss.gradient(r, 0), 1e-5 * Math.max(1, Math.abs(slope)));
        assertEquals(curvature, loss.hessian(r, 0), 1e-5 * Math.max(1, curvature));
      }
      double[] y = {1, -2, 0.5, 3};
      double[] w = {1, 2, 1, 0.5};
      double start = loss.start(y, w);
      double slope = 0;
      double curvature = 0;
      double fromZero = 0;
      double curvatureAtZero = 0;
      for (int i = 0; i < 4; i++) {
        slope += w[i] * loss.gradient(y[i], start);
        curvature += w[i] * loss.hessian(y[i], start);
        fromZero += w[i] * loss.gradient(y[i], 0);
        curvatureAtZero += w[i] * loss.hessian(y[i], 0);
      }
      assertEquals(0, slope / curvature, 1e-12);
      assertEquals(start, loss.step(-fromZero / curvatureAtZero), 1e-12);
    }
    double wild = linex("2").loss(1e6, 0);
    assertTrue(Double.isFinite(wild) && wild > linex("2").loss(1e5, 0));
  }

  /** With a normal target of variance s² the minimum lies a s² / 2 above the mean. */
  @Test
  void itLeansToTheDearSide() {
    var random = new SplittableRandom(1);
    int n = 20_000;
    double[][] x = new double[1][n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[0][i] = random.nextInt(2);
      y[i] = 3 * x[0][i] + (1 + x[0][i]) * random.nextGaussian();
    }
    FeatureMatrix rows = FeatureMatrix.ofColumns(List.of("x"), x);
    FeatureMatrix none = FeatureMatrix.ofColumns(List.of("x"), new double[1][0]);
    var data = new Trainer.TrainingData(rows, y, none, new double[0]);
    var use = Map.<String, Object>of("objective", "linex", "rounds", 60);
    byte[] bytes = null;
    for (int threads : new int[] {1, 2, 3}) {
      var recipe =
          ModelRecipe.bind(
              "m",
              "m",
              new slipstream.core.experiment.PluginUse("boosted-trees", use),
              plugins,
              null);
      var model =
          recipe.fit(
              data,
              new Trainer.Context(
                  "",
                  1,
                  threads,
                  Progress.NONE,
                  recipe.loss(),
                  Optional.empty(),
                  Optional.empty()));
      double[] predicted =
          model.predict(FeatureMatrix.ofColumns(List.of("x"), new double[][] {{0, 1}}));
      assertEquals(0.25, predicted[0], 0.05);
      assertEquals(3 + 0.25 * 4, predicted[1], 0.15);
      assertTrue(bytes == null || Arrays.equals(bytes, model.encode()));
      bytes = model.encode();
    }
  }

  @Test
  void anArchiveNamesItAndPredictsWithoutIt() {
    Experiment experiment =
        Runs.experiment(
            Map.of(
                "models.trees.objective", "linex",
                "models.trees.objective_parameters", "{asymmetry: 0.1}"));
    assertEquals(List.of(), ExperimentValidator.check(experiment, plugins));
    ContentStore store = new ContentStore(folder.resolve("store"));
    RunOptions options = new RunOptions(folder, folder.resolve("out"), 2, "1.2.3-test");
    RunResult result = new ExperimentRunner(plugins, store).run(experiment, options, Progress.NONE);
    Path archive =
        result.models().stream()
            .filter(each -> each.model().equals("trees"))
            .findFirst()
            .orElseThrow()
            .archive();
    ModelPackage read = ModelPackage.read(archive, Runs.PLUGINS);
    assertEquals("linex", read.provenance().parameters().get("objective"));
    assertEquals("{asymmetry=0.1}", read.provenance().parameters().get("objective_parameters"));
    assertEquals("example.objectives 1.0.0", read.provenance().plugins().get("objective.linex"));
    FeatureMatrix row = read.exampleRow();
    assertArrayEquals(ModelPackage.read(archive, plugins).predict(row), read.predict(row));
    String curve =
        result.report().targets().getFirst().models().get(1).learningCurve().getFirst().metric();
    assertTrue(curve.startsWith("LINEX loss"), curve);
  }

  @Test
  void whatIsWrongWithAnObjectiveIsSaidBeforeTheRun() {
    assertEquals(
        "models.trees.objective: there is no objective 'linx'",
        problem(Map.of("models.trees.objective", "linx")));
    assertEquals(
        "models.trees.objective: there is no objective 'sqared'",
        problem(Map.of("models.trees.objective", "sqared")));
    assertEquals(
        "models.trees.objective_parameters.asymetry: unknown parameter 'asymetry'",
        problem(
            Map.of(
                "models.trees.objective", "linex",
                "models.trees.objective_parameters", "{asymetry: 1}")));
    assertEquals(
        "models.trees.objective_parameters: asymmetry is 0: that is 'objective: squared'",
        problem(
            Map.of(
                "models.trees.objective", "linex",
                "models.trees.objective_parameters", "{asymmetry: 0}")));
    assertEquals(
        "models.trees: objective_parameters are for plug-ins; 'squared' takes none of them",
        problem(Map.of("models.trees.objective_parameters", "{asymmetry: 1}")));
  }

  private String problem(Map<String, String> overrides) {
    List<SlipstreamException> problems =
        ExperimentValidator.check(Runs.experiment(overrides), plugins);
    assertEquals(1, problems.size(), problems::toString);
    SlipstreamException e = problems.getFirst();
    return e.place().orElseThrow().key() + ": " + e.problem();
  }
}
