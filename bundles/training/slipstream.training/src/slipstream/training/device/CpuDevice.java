package slipstream.training.device;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.function.BooleanSupplier;
import slipstream.core.device.Device;
import slipstream.core.device.DeviceProvider;
import slipstream.core.device.RowSource;
import slipstream.core.device.TreeTask;
import slipstream.core.device.TreeTraining;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Trainer;
import slipstream.training.linear.CpuGram;
import slipstream.training.trees.CpuTrees;

/** The processor, and the memory of this process. */
public final class CpuDevice implements Device {
  /** Finds the processor, which is always there. */
  public static final class Provider implements DeviceProvider {
    @Override
    public Kind kind() {
      return Kind.CPU;
    }

    @Override
    public Discovery discover() {
      return Discovery.of(new CpuDevice());
    }
  }

  /** The device that a fit was given, or the processor. */
  public static Device of(Trainer.Context context) {
    return context.device().orElseGet(CpuDevice::new);
  }

  @Override
  public Kind kind() {
    return Kind.CPU;
  }

  @Override
  public String name() {
    return "processor";
  }

  /**
   * Of this process: what large arrays may still take. Where a glance does not show enough, garbage is collected, and it is
   * that of the old generation where there is one of its own, because arrays of a size that matters have no place elsewhere.
   */
  @Override
  public long memory(long enough) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    if (free / 2 >= enough) {
      return free;
    }
    System.gc();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      boolean old = pool.getName().equals("PS Old Gen") || pool.getName().equals("Tenured Gen");
      if (old && pool.getType() == MemoryType.HEAP && pool.getUsage().getMax() > 0) {
        return pool.getUsage().getMax() - pool.getUsage().getUsed();
      }
    }
    return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
  }

  @Override
  public long bytes(TreeTask task) {
    return CpuTrees.bytes(task);
  }

  @Override
  public TreeTraining trees(TreeTask task, RowSource rows, BooleanSupplier cancelled) {
    return new CpuTrees(task, rows, cancelled);
  }

  @Override
  public double[] gram(GramTask task, RowSource rows, Progress progress) {
    return CpuGram.products(task, rows, progress);
  }
}
