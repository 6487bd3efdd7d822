package slipstream.training.device;

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

  @Override
  public long memory() {
    Runtime runtime = Runtime.getRuntime();
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
