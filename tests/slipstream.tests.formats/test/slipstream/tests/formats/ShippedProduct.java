package slipstream.tests.formats;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The classes of the product as it ships, apart from those of the tests. */
final class ShippedProduct {
  static final Path ROOT = Path.of(System.getProperty("slipstream.root"));
  private static final Path PRODUCT =
      ROOT.resolve("product/target/products/slipstream/linux/gtk/x86_64");
  private static final ClassLoader CLASSES = classes();

  private ShippedProduct() {}

  private static ClassLoader classes() {
    try (Stream<Path> plugins = Files.list(PRODUCT.resolve("plugins"))) {
      List<URL> jars = new ArrayList<>();
      for (Path jar : plugins.filter(path -> path.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(url(jar));
      }
      jars.addAll(nested());
      return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    } catch (IOException e) {
      throw new IllegalStateException("build the product first: " + e, e);
    }
  }

  /** What wrapped bundles hold inside, which no class path sees. */
  private static List<URL> nested() throws IOException {
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("target-platform"), 3)) {
      for (Path jar : files.filter(path -> path.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(url(jar));
      }
    }
    return jars;
  }

  private static URL url(Path jar) throws MalformedURLException {
    return jar.toUri().toURL();
  }

  static Class<?> type(String name) throws ClassNotFoundException {
    return CLASSES.loadClass(name);
  }

  /** Calls a public static method by name. */
  static Object call(String type, String method, Object... arguments) throws Exception {
    var found =
        Arrays.stream(type(type).getMethods())
            .filter(each -> each.getName().equals(method))
            .filter(each -> each.getParameterCount() == arguments.length)
            .findFirst()
            .orElseThrow();
    return found.invoke(null, arguments);
  }

  /** Every plug-in that ships. */
  static Object plugins() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(CLASSES);
    try {
      return call("slipstream.core.spi.PluginCatalog", "ofClassPath");
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
