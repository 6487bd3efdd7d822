package slipstream.core.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.Parameter;

class PluginCatalogTest {
  @TempDir Path folder;

  private PluginCatalog load(String metrics, String trainers) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(Metric.class.getName()), metrics);
    Files.writeString(services.resolve(Trainer.class.getName()), trainers);
    try (URLClassLoader classes =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, PluginCatalogTest.class.getClassLoader())) {
      return PluginCatalog.load(List.of(new PluginCatalog.Source("my bundle", "1.2", classes)));
    }
  }

  private static String names(Class<?>... classes) {
    StringBuilder names = new StringBuilder();
    for (Class<?> each : classes) {
      names.append(each.getName()).append('\n');
    }
    return names.toString();
  }

  private static List<String> metrics(PluginCatalog catalog) {
    return catalog.metrics().stream().map(PluginCatalog.Entry::name).toList();
  }

  private static void assertProblem(PluginCatalog catalog, String... words) {
    assertTrue(
        catalog.problems().stream()
            .map(Throwable::getMessage)
            .anyMatch(
                line ->
                    line.startsWith("my bundle: plug-in ")
                        && List.of(words).stream().allMatch(line::contains)),
        () -> List.of(words) + " in " + catalog.problems());
  }

  @Test
  void faultyPluginsAreLeftOutAndTheOthersStay() throws IOException {
    Files.createDirectories(folder.resolve("bad"));
    Files.writeString(folder.resolve("bad/Garbage.class"), "this is no class file");
    PluginCatalog catalog =
        load(
            names(ThrowsInConstructor.class, ThrowsInInitializer.class)
                + "no.such.Class\nbad.Garbage\n"
                + names(
                    NotAMetric.class,
                    NoPublicConstructor.class,
                    ThrowsInName.class,
                    AlsoThrowsInName.class,
                    StackOverflows.class,
                    BadName.class,
                    Good.class,
                    Duplicate.class,
                    Second.class),
            names(BadDefault.class, Undescribed.class, GoodTrainer.class));
    assertEquals(List.of("good", "second"), metrics(catalog));
    assertEquals(
        List.of("fine"), catalog.trainers().stream().map(PluginCatalog.Entry::name).toList());
    assertEquals(13, catalog.problems().size(), catalog.problems().toString());
    assertProblem(catalog, "ThrowsInConstructor");
    assertProblem(catalog, "no.such.Class");
    assertProblem(catalog, "Garbage");
    assertProblem(catalog, "NotAMetric");
    assertProblem(catalog, "boom in name");
    assertProblem(catalog, "BadName", "its name 'Not Allowed' is not allowed");
    assertProblem(catalog, "Duplicate", "the name 'good' is taken by my bundle");
    assertProblem(catalog, "'many' is not a number");
    assertProblem(catalog, "lacks @Parameter");
    assertEquals("my bundle", catalog.metrics().iterator().next().source().name());
  }

  @Test
  void namesTheNearestOfAnUnknownPlugin() throws IOException {
    PluginCatalog catalog = load(names(Good.class, Second.class), "");
    assertEquals("good", catalog.metric("good").name());
    SlipstreamException e = assertThrows(SlipstreamException.class, () -> catalog.metric("secnod"));
    assertEquals(
        "there is no metric 'secnod'. Did you mean 'second'? Known: good, second.", e.getMessage());
    assertEquals(
        "there is no trainer 'x'",
        assertThrows(SlipstreamException.class, () -> catalog.trainer("x")).getMessage());
  }

  @Test
  void aBadServiceFileIsReported() throws IOException {
    PluginCatalog catalog = load("this is not a class name\n", names(GoodTrainer.class));
    assertEquals(List.of(), metrics(catalog));
    assertEquals(1, catalog.trainers().size());
    assertProblem(catalog, "Metric");
  }

  @Test
  @Timeout(20)
  void aBrokenClassLoaderDoesNotHangOrFail() {
    ClassLoader broken =
        new ClassLoader(null) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            throw new IOException("the archive is gone");
          }
        };
    PluginCatalog catalog =
        PluginCatalog.load(List.of(new PluginCatalog.Source("my bundle", "1", broken)));
    assertEquals(8, catalog.problems().size(), catalog.problems().toString());
    assertEquals(List.of(), metrics(catalog));
  }

  // ------------------------------------------------------------------- plug-ins

  public static class Good implements Metric {
    @Override
    public String name() {
      return "good";
    }

    @Override
    public String title() {
      return "Good";
    }

    @Override
    public String summary() {
      return "One.";
    }

    @Override
    public boolean inTargetUnit() {
      return true;
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public double score(double[] actual, double[] predicted, double[] baseline) {
      return 1;
    }
  }

  public static final class Second extends Good {
    @Override
    public String name() {
      return "second";
    }
  }

  public static final class Duplicate extends Good {}

  public static final class BadName extends Good {
    @Override
    public String name() {
      return "Not Allowed";
    }
  }

  public static class ThrowsInName extends Good {
    @Override
    public String name() {
      throw new AssertionError("boom in name");
    }
  }

  public static final class AlsoThrowsInName extends ThrowsInName {}

  public static final class StackOverflows extends Good {
    @Override
    public String name() {
      return name() + "x";
    }
  }

  public static final class ThrowsInConstructor extends Good {
    public ThrowsInConstructor() {
      throw new IllegalStateException("boom");
    }
  }

  public static final class ThrowsInInitializer extends Good {
    static final int X = Integer.parseInt("not a number");
  }

  public static final class NoPublicConstructor extends Good {
    private NoPublicConstructor() {}
  }

  public static final class NotAMetric {}

  public record Fine(@Parameter(help = "A number.", defaultValue = "3") int number) {}

  public record Wrong(@Parameter(help = "A number.", defaultValue = "many") int number) {}

  public record Bare(int number) {}

  public static final class GoodTrainer extends AnyTrainer<Fine> {
    public GoodTrainer() {
      super("fine", Fine.class);
    }
  }

  public static final class BadDefault extends AnyTrainer<Wrong> {
    public BadDefault() {
      super("bad-default", Wrong.class);
    }
  }

  public static final class Undescribed extends AnyTrainer<Bare> {
    public Undescribed() {
      super("undescribed", Bare.class);
    }
  }

  abstract static class AnyTrainer<P extends Record> implements Trainer<P> {
    private final String name;
    private final Class<P> parameters;

    AnyTrainer(String name, Class<P> parameters) {
      this.name = name;
      this.parameters = parameters;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String summary() {
      return name;
    }

    @Override
    public Class<P> parameters() {
      return parameters;
    }

    @Override
    public Model train(TrainingData data, P parameters, Context context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Model decode(byte[] bytes) {
      throw new UnsupportedOperationException();
    }
  }
}
