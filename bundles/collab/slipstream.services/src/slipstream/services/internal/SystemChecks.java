package slipstream.services.internal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.SystemCheck;

/** What the product looks at in the machine that it runs on. */
final class SystemChecks {
  private static final int JAVA = 25;
  private static final long GIB = 1L << 30;

  private SystemChecks() {}

  static List<SystemCheck> all(Path workspace) {
    List<SystemCheck> checks = new ArrayList<>();
    add(checks, "jdk", SystemChecks::jdk);
    add(checks, "cores", SystemChecks::cores);
    add(checks, "memory", SystemChecks::memory);
    add(checks, "workspace", () -> workspace(workspace));
    add(checks, "disk", () -> disk(workspace));
    add(checks, "gpu", SystemChecks::gpu);
    add(checks, "display", SystemChecks::display);
    add(checks, "duckdb", () -> library("duckdb", "org.duckdb.DuckDBDriver"));
    add(checks, "onnxruntime", () -> library("onnxruntime", "ai.onnxruntime.OrtEnvironment"));
    add(checks, "h2", () -> library("h2", "org.h2.Driver"));
    add(checks, "javafx", () -> library("javafx", "javafx.application.Application"));
    return checks;
  }

  /** A check that itself fails is a finding, not a failure of the call. */
  private static void add(List<SystemCheck> checks, String name, Supplier<SystemCheck> check) {
    try {
      checks.add(check.get());
    } catch (RuntimeException | LinkageError e) {
      checks.add(warning(name, "cannot be determined: " + e.getMessage(), ""));
    }
  }

  private static SystemCheck check(Severity severity, String name, String value, String remedy) {
    return SystemCheck.newBuilder()
        .setName(name)
        .setValue(value)
        .setSeverity(severity)
        .setRemedy(remedy)
        .build();
  }

  private static SystemCheck info(String name, String value) {
    return check(Severity.SEVERITY_INFO, name, value, "");
  }

  private static SystemCheck warning(String name, String value, String remedy) {
    return check(Severity.SEVERITY_WARNING, name, value, remedy);
  }

  private static SystemCheck jdk() {
    String value = System.getProperty("java.vendor") + " " + Runtime.version();
    return Runtime.version().feature() >= JAVA
        ? info("jdk", value)
        : check(Severity.SEVERITY_ERROR, "jdk", value, "Install a JDK " + JAVA + " or newer.");
  }

  private static SystemCheck cores() {
    int cores = Runtime.getRuntime().availableProcessors();
    return cores > 1
        ? info("cores", Integer.toString(cores))
        : warning("cores", "1", "Training is faster with more cores.");
  }

  private static SystemCheck memory() {
    long heap = Runtime.getRuntime().maxMemory();
    long machine = -1;
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean os) {
      machine = os.getTotalMemorySize();
    }
    String value =
        gib(heap) + " for Slipstream" + (machine < 0 ? "" : " of " + gib(machine) + " in all");
    return heap >= GIB
        ? info("memory", value)
        : warning("memory", value, "Give Slipstream at least 1 GiB for large data.");
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) GIB);
  }

  private static SystemCheck workspace(Path workspace) {
    return Files.isWritable(workspace)
        ? info("workspace", workspace.toString())
        : check(
            Severity.SEVERITY_ERROR,
            "workspace",
            workspace + " is not writable",
            "Choose a folder that you may write to.");
  }

  private static SystemCheck disk(Path workspace) {
    try {
      FileStore disk = Files.getFileStore(workspace);
      long free = disk.getUsableSpace();
      String value = gib(free) + " free of " + gib(disk.getTotalSpace());
      return free >= GIB
          ? info("disk", value)
          : warning("disk", value, "Free some space on the workspace's disk.");
    } catch (IOException e) {
      return warning("disk", "cannot be read: " + e.getMessage(), "Check the workspace's disk.");
    }
  }

  private static SystemCheck gpu() {
    CudaDriver.Result found = CudaDriver.query();
    return switch (found) {
      case CudaDriver.Devices devices ->
          info(
              "gpu",
              String.join(", ", devices.names())
                  + " (CUDA driver "
                  + devices.driverMajor()
                  + "."
                  + devices.driverMinor()
                  + ")");
      case CudaDriver.Absent absent ->
          check(
              Severity.SEVERITY_INFO,
              "gpu",
              "none: " + absent.why() + "; training runs on the CPU",
              "");
      case CudaDriver.Broken broken ->
          warning(
              "gpu",
              "the NVIDIA driver does not work: " + broken.why(),
              "Install a driver that fits the GPU; training runs on the CPU meanwhile.");
    };
  }

  private static SystemCheck display() {
    String wayland = System.getenv("WAYLAND_DISPLAY");
    String x11 = System.getenv("DISPLAY");
    if (!System.getProperty("os.name").startsWith("Linux")) {
      return info("display", "of the system");
    } else if (x11 != null && !x11.isBlank()) {
      return info("display", "DISPLAY=" + x11);
    } else if (wayland != null && !wayland.isBlank()) {
      return warning(
          "display", "Wayland only, DISPLAY is not set", "The workbench needs X11 or Xwayland.");
    }
    return warning(
        "display",
        "none: DISPLAY is not set",
        "The workbench needs one; all commands work without.");
  }

  /** A library's version: of its package in OSGi, of its jar on a class path. */
  private static SystemCheck library(String name, String type) {
    String wanted = type.substring(0, type.lastIndexOf('.'));
    Bundle here = FrameworkUtil.getBundle(SystemChecks.class);
    BundleContext framework = here == null ? null : here.getBundleContext();
    if (framework != null) {
      for (Bundle bundle : framework.getBundles()) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        for (BundleCapability exported :
            revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
          if (bundle.getBundleId() != 0
              && wanted.equals(exported.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
            Object version = exported.getAttributes().get("version");
            boolean said = version != null && !Version.emptyVersion.equals(version);
            return info(name, said ? version.toString() : bundle.getVersion().toString());
          }
        }
      }
      return warning(name, "not installed", "");
    }
    try {
      Class<?> found = Class.forName(type, false, SystemChecks.class.getClassLoader());
      String version = found.getPackage().getImplementationVersion();
      return info(name, version == null ? "present" : version);
    } catch (ClassNotFoundException e) {
      return warning(name, "not installed", "");
    }
  }
}
