package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.FeatureFunction.Rows;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;

/** The worked example of a plug-in, built as its own build does: with the core bundle alone. */
class ExamplePluginTest {
  @TempDir private Path folder;
  private URLClassLoader classes;
  private FeatureFunction function;

  private static Path source() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return root.resolve("examples/plugin-functions/src");
  }

  private static Path core() throws Exception {
    return Path.of(
        FeatureFunction.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @BeforeEach
  void build() throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xlint:all",
                "-Werror",
                "-proc:none",
                "-d",
                folder.toString(),
                "-cp",
                core().toString()));
    try (Stream<Path> files = Files.walk(source())) {
      files.map(Path::toString).filter(each -> each.endsWith(".java")).forEach(arguments::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertEquals(0, compiler.run(null, null, null, arguments.toArray(String[]::new)));
    String declaration = "META-INF/services/" + FeatureFunction.class.getName();
    Path declared = folder.resolve(declaration);
    Files.createDirectories(declared.getParent());
    Files.copy(source().resolve(declaration), declared);
    classes =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, FeatureFunction.class.getClassLoader());
    PluginCatalog catalog =
        PluginCatalog.load(
            List.of(new PluginCatalog.Source("example.functions", "1.0.0", classes)));
    assertEquals(List.of(), catalog.problems());
    function = catalog.function("efficiency_ratio").orElseThrow();
  }

  @AfterEach
  void close() throws IOException {
    classes.close();
  }

  @Test
  void theManifestMakesItABundle() throws IOException {
    try (InputStream in = Files.newInputStream(source().resolve("META-INF/MANIFEST.MF"))) {
      var bundle = new Manifest(in).getMainAttributes();
      assertEquals("example.functions", bundle.getValue("Bundle-SymbolicName"));
      assertEquals("2", bundle.getValue("Bundle-ManifestVersion"));
      assertEquals("slipstream.core", bundle.getValue("Require-Bundle"));
    }
  }

  private static double[] evaluate(Kernel kernel, double[] price, long[] times) {
    double[] result = new double[price.length];
    kernel.evaluate(new Rows(price.length, times, "X"), new double[][] {price}, result);
    return result;
  }

  @Test
  void whatItSays() {
    double[] price = {10, 11, 12, 11, 11, 11, Double.NaN, 11, 12};
    Kernel kernel = function.bind(Constants.of(new Window.OfRows(2)));
    double nan = Double.NaN;
    assertArrayEquals(
        new double[] {nan, nan, 1, 0, 1, nan, nan, nan, nan}, evaluate(kernel, price, null));
    assertEquals(Reach.ofRows(2), kernel.lookBack());
  }

  private PluginCatalog withTheRest() {
    return PluginCatalog.load(
        List.of(
            new PluginCatalog.Source("class path", "", FeaturePlan.class.getClassLoader()),
            new PluginCatalog.Source("example.functions", "1.0.0", classes)));
  }

  @Test
  void itSeesWhatItSays() {
    LookAheadTest.check(withTheRest(), "efficiency_ratio");
  }

  /** It is a function of the language like any other. */
  @Test
  void itIsInTheLanguage() {
    PluginCatalog catalog = withTheRest();
    assertTrue(ExpressionReference.markdown(catalog).contains("### `efficiency_ratio(price, w)`"));
    String section = ExpressionReference.markdown(catalog);
    section = section.substring(section.indexOf("### `efficiency_ratio"));
    assertTrue(section.contains("| look-back | w rows, or the time w"), section);
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                FeaturePlan.compile(
                    FeaturePlanTest.SCHEMA,
                    FeaturePlanTest.features("x", "efficiency_ratio(close, 0)"),
                    catalog));
    assertTrue(e.getMessage().contains("argument 'w' of efficiency_ratio is 0"), e.getMessage());
    FeaturePlan plan =
        FeaturePlan.compile(
            FeaturePlanTest.SCHEMA,
            FeaturePlanTest.features("x", "2 * efficiency_ratio(close, 1)"),
            catalog);
    assertEquals(1, plan.featureNames().size());
  }
}
