package slipstream.core.device;

import java.util.Collection;
import java.util.Locale;
import slipstream.core.SlipstreamException;

/** The device that an experiment asks for. */
public enum DeviceChoice {
  /** A GPU where there is one, else the processor. */
  AUTO,
  CPU,
  GPU;

  /** Its name in experiment files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The device that was taken, and why.
   *
   * @param why one sentence for people
   */
  public record Taken(Device device, String why) {
    /** Such as {@code CPU (processor): this product has no GPU support}. */
    @Override
    public String toString() {
      return device.kind() + " (" + device.name() + "): " + why;
    }
  }

  /**
   * Takes a device.
   *
   * @throws SlipstreamException UNAVAILABLE when the device that is asked for is not there
   */
  public Taken take(Collection<DeviceProvider> providers) {
    return switch (this) {
      case CPU -> taken(find(providers, Device.Kind.CPU), "the experiment asks for it");
      case GPU -> taken(find(providers, Device.Kind.GPU), "the experiment asks for it");
      case AUTO -> {
        var gpu = find(providers, Device.Kind.GPU);
        yield gpu.device() != null
            ? taken(gpu, "it is there")
            : taken(find(providers, Device.Kind.CPU), gpu.reason());
      }
    };
  }

  private static DeviceProvider.Discovery find(
      Collection<DeviceProvider> providers, Device.Kind kind) {
    return providers.stream()
        .filter(each -> each.kind() == kind)
        .findFirst()
        .map(DeviceProvider::discover)
        .orElseGet(() -> DeviceProvider.Discovery.none("this product has no " + kind + " support"));
  }

  private Taken taken(DeviceProvider.Discovery found, String why) {
    if (found.device() == null) {
      throw new SlipstreamException(
          SlipstreamException.Category.UNAVAILABLE,
          "device '" + word() + "' is not there: " + found.reason(),
          this == GPU
              ? "Say device: auto or device: cpu; the model will be the same."
              : "Install the product again: its training bundle is missing.");
    }
    return new Taken(found.device(), why);
  }
}
