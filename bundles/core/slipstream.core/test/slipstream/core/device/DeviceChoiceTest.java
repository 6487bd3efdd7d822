package slipstream.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;

class DeviceChoiceTest {
  private record Named(Device.Kind kind, String name) implements Device {
    @Override
    public long memory(long enough) {
      return 1;
    }

    @Override
    public long bytes(TreeTask task) {
      return 0;
    }

    @Override
    public TreeTraining trees(TreeTask task, RowSource rows, BooleanSupplier cancelled) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double[] gram(GramTask task, RowSource rows, Progress progress) {
      throw new UnsupportedOperationException();
    }
  }

  private record Fixed(Device.Kind kind, Discovery discover) implements DeviceProvider {}

  private static final DeviceProvider CPU =
      new Fixed(
          Device.Kind.CPU, DeviceProvider.Discovery.of(new Named(Device.Kind.CPU, "processor")));
  private static final DeviceProvider GPU =
      new Fixed(Device.Kind.GPU, DeviceProvider.Discovery.of(new Named(Device.Kind.GPU, "H200")));
  private static final DeviceProvider NO_DRIVER =
      new Fixed(Device.Kind.GPU, DeviceProvider.Discovery.none("no NVIDIA driver was found"));

  @Test
  void autoTakesAGpuWhereThereIsOneAndSaysWhyNot() {
    assertEquals("GPU (H200): it is there", take(DeviceChoice.AUTO, CPU, GPU));
    assertEquals(
        "CPU (processor): no NVIDIA driver was found", take(DeviceChoice.AUTO, NO_DRIVER, CPU));
    assertEquals("CPU (processor): this product has no GPU support", take(DeviceChoice.AUTO, CPU));
  }

  @Test
  void whatIsAskedForIsTakenOrRefusedInOneLine() {
    assertEquals("CPU (processor): the experiment asks for it", take(DeviceChoice.CPU, GPU, CPU));
    assertEquals("GPU (H200): the experiment asks for it", take(DeviceChoice.GPU, GPU, CPU));
    for (List<DeviceProvider> none : List.of(List.of(CPU), List.of(CPU, NO_DRIVER))) {
      var e = assertThrows(SlipstreamException.class, () -> DeviceChoice.GPU.take(none));
      assertEquals(SlipstreamException.Category.UNAVAILABLE, e.category());
      assertEquals(
          "device 'gpu' is not there: "
              + (none.size() == 1
                  ? "this product has no GPU support"
                  : "no NVIDIA driver was found")
              + ". Say device: auto or device: cpu; the model will be the same.",
          e.getMessage());
    }
  }

  private static String take(DeviceChoice choice, DeviceProvider... providers) {
    return choice.take(List.of(providers)).toString();
  }
}
