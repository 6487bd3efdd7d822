package slipstream.training.trees;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import slipstream.core.device.Device;
import slipstream.core.device.RowSource;
import slipstream.core.device.TreeTask;
import slipstream.core.device.TreeTraining;
import slipstream.core.progress.Progress;
import slipstream.training.device.CpuDevice;

/** The processor with its work cut up in a given way. */
class CutDevice implements Device {
  private final CpuDevice processor = new CpuDevice();
  private final CpuTrees.Layout layout;

  CutDevice(CpuTrees.Layout layout) {
    this.layout = layout;
  }

  @Override
  public Kind kind() {
    return processor.kind();
  }

  @Override
  public String name() {
    return "cut processor";
  }

  @Override
  public long memory(long enough) {
    return processor.memory(enough);
  }

  @Override
  public Optional<String> refusal(TreeTask task) {
    return processor.refusal(task);
  }

  @Override
  public long bytes(TreeTask task) {
    return processor.bytes(task);
  }

  @Override
  public TreeTraining trees(TreeTask task, RowSource rows, BooleanSupplier cancelled) {
    return new CpuTrees(task, rows, cancelled, layout);
  }

  @Override
  public double[] gram(GramTask task, RowSource rows, Progress progress) {
    return processor.gram(task, rows, progress);
  }
}
