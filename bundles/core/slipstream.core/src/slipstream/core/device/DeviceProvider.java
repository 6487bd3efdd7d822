package slipstream.core.device;

/**
 * Finds a kind of device. A public class with a public no-argument constructor, declared under {@code
 * META-INF/services}.
 */
public interface DeviceProvider {
  /** Unique among providers; its word is the provider's name. */
  Device.Kind kind();

  /**
   * Looks for the device each time it is asked; never fails.
   *
   * @return the device, or why there is none
   */
  Discovery discover();

  /**
   * What was found.
   *
   * @param device null when there is none
   * @param reason why there is none, in words, such as {@code "no NVIDIA driver was found"}; else empty
   */
  record Discovery(Device device, String reason) {
    public Discovery {
      if (device == null == reason.isEmpty()) {
        throw new IllegalArgumentException("either a device or the reason why there is none");
      }
    }

    public static Discovery of(Device device) {
      return new Discovery(device, "");
    }

    public static Discovery none(String reason) {
      return new Discovery(null, reason);
    }
  }
}
