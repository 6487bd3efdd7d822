package slipstream.services.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Asks NVIDIA's driver which GPUs there are, without any CUDA library of ours. */
final class CudaDriver {
  private static final int NAME = 256;
  private static final int NO_DEVICE = 100;

  /** What was found. */
  sealed interface Result {}

  record Devices(List<String> names, int driverMajor, int driverMinor) implements Result {}

  record Absent(String why) implements Result {}

  record Broken(String why) implements Result {}

  private CudaDriver() {}

  static Result query() {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup driver;
      try {
        driver = SymbolLookup.libraryLookup("libcuda.so.1", arena);
      } catch (IllegalArgumentException e) {
        return new Absent("no NVIDIA driver (libcuda.so.1) is installed");
      }
      int code = call(driver, "cuInit", 0);
      if (code == NO_DEVICE) {
        return new Absent("the NVIDIA driver finds no GPU");
      } else if (code != 0) {
        return new Broken("cuInit gives " + code);
      }
      MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
      code = call(driver, "cuDriverGetVersion", number);
      int version = number.get(ValueLayout.JAVA_INT, 0);
      if (code == 0) {
        code = call(driver, "cuDeviceGetCount", number);
      }
      if (code != 0) {
        return new Broken("the driver gives " + code);
      }
      int count = number.get(ValueLayout.JAVA_INT, 0);
      List<String> names = new ArrayList<>();
      MemorySegment name = arena.allocate(NAME);
      for (int device = 0; device < count; device++) {
        code = callName(driver, name, device);
        names.add(code == 0 ? name.getString(0) : "GPU " + device);
      }
      return count == 0
          ? new Absent("the NVIDIA driver finds no GPU")
          : new Devices(names, version / 1000, version % 1000 / 10);
    } catch (Throwable e) {
      return new Broken(String.valueOf(e.getMessage()));
    }
  }

  private static int call(SymbolLookup driver, String function, int argument) throws Throwable {
    return (int)
        Linker.nativeLinker()
            .downcallHandle(
                driver.findOrThrow(function),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
            .invokeExact(argument);
  }

  private static int call(SymbolLookup driver, String function, MemorySegment result)
      throws Throwable {
    return (int)
        Linker.nativeLinker()
            .downcallHandle(
                driver.findOrThrow(function),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
            .invokeExact(result);
  }

  private static int callName(SymbolLookup driver, MemorySegment name, int device)
      throws Throwable {
    return (int)
        Linker.nativeLinker()
            .downcallHandle(
                driver.findOrThrow("cuDeviceGetName"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT))
            .invokeExact(name, NAME, device);
  }
}
