package slipstream.services.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Metric;
import slipstream.core.spi.PluginCatalog;

/** Plug-ins of bundles that come and go in a real framework. */
final class PluginBundlesTest {
  /** A plug-in. */
  public static class First implements Metric {
    @Override
    public String name() {
      return "first";
    }

    @Override
    public String title() {
      return "First";
    }

    @Override
    public String summary() {
      return "A metric.";
    }

    @Override
    public boolean inTargetUnit() {
      return false;
    }

    @Override
    public boolean higherIsBetter() {
      return false;
    }

    @Override
    public double score(double[] actual, double[] predicted, double[] baseline) {
      return 1;
    }
  }

  /** A plug-in that fails as soon as it is made. */
  public static final class Faulty extends First {
    public Faulty() {
      throw new IllegalStateException("not today");
    }
  }

  @TempDir private Path storage;
  private Framework framework;
  private PluginBundles plugins;

  @BeforeEach
  void launch() throws Exception {
    framework =
        ServiceLoader.load(FrameworkFactory.class)
            .findFirst()
            .orElseThrow()
            .newFramework(
                Map.of(
                    "org.osgi.framework.storage",
                    storage.toString(),
                    "org.osgi.framework.storage.clean",
                    "onFirstInit",
                    "org.osgi.framework.system.packages.extra",
                    // The test's own copy of the SPI, through the framework.
                    "slipstream.core,slipstream.core.spi"));
    framework.start();
    plugins = new PluginBundles(framework.getBundleContext());
    plugins.open();
  }

  @AfterEach
  void stop() throws Exception {
    plugins.close();
    framework.stop();
    framework.waitForStop(10_000);
  }

  private Bundle install(String name, Class<?>... metrics) throws Exception {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.putValue("Manifest-Version", "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    main.putValue("Bundle-Version", "1.2.3");
    main.putValue("Import-Package", "slipstream.core,slipstream.core.spi");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
      StringBuilder declared = new StringBuilder();
      for (Class<?> metric : List.of(First.class, Faulty.class)) {
        jar.putNextEntry(new ZipEntry(metric.getName().replace('.', '/') + ".class"));
        jar.write(bytes(metric));
      }
      for (Class<?> metric : metrics) {
        declared.append(metric.getName()).append('\n');
      }
      jar.putNextEntry(new ZipEntry("META-INF/services/" + Metric.class.getName()));
      jar.write(declared.toString().getBytes(StandardCharsets.UTF_8));
    }
    Bundle bundle =
        framework
            .getBundleContext()
            .installBundle(name, new ByteArrayInputStream(bytes.toByteArray()));
    bundle.start();
    return bundle;
  }

  private static byte[] bytes(Class<?> type) throws IOException {
    try (var in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  private List<String> metrics() {
    return plugins.catalog().metrics().stream().map(PluginCatalog.Entry::name).toList();
  }

  @Test
  void pluginsComeAndGoWithTheirBundles() throws Exception {
    assertEquals(List.of(), metrics());
    Bundle bundle = install("some.metrics", First.class);
    assertEquals(List.of("first"), metrics());
    PluginCatalog.Entry<Metric> entry = plugins.catalog().metrics().iterator().next();
    assertEquals("some.metrics", entry.source().name());
    assertEquals("1.2.3", entry.source().version());
    assertNotEquals(
        First.class, entry.plugin().getClass(), "through its own bundle's class loader");
    var context = framework.getBundleContext();
    var reference = context.getServiceReference(Metric.class);
    assertNotNull(reference);
    assertEquals("first", reference.getProperty("slipstream.name"));
    assertEquals("metric", reference.getProperty("slipstream.kind"));
    assertEquals(entry.plugin(), context.getService(reference));

    bundle.uninstall();
    assertEquals(List.of(), metrics());
    assertNull(context.getServiceReference(Metric.class));
  }

  @Test
  void aFaultyPluginIsReportedAndStopsNobody() throws Exception {
    install("some.metrics", Faulty.class, First.class);
    assertEquals(List.of("first"), metrics());
    List<SlipstreamException> problems = plugins.catalog().problems();
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().getMessage().contains("some.metrics"), problems.toString());
  }

  @Test
  void aContestedNameStaysWithTheFirst() throws Exception {
    Bundle first = install("first.come", First.class);
    install("second.come", First.class);
    assertEquals(List.of("first"), metrics());
    assertEquals("first.come", plugins.catalog().metrics().iterator().next().source().name());
    assertEquals(1, plugins.catalog().problems().size());
    first.uninstall();
    assertEquals("second.come", plugins.catalog().metrics().iterator().next().source().name());
    assertEquals(List.of(), plugins.catalog().problems());
  }
}
