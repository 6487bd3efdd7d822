package slipstream.core.device;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What trees ask of a device. */
public interface TreeKernels {
  /** Why the device cannot do it, such as a loss that it has no kernel for; empty when it can. */
  default Optional<String> refusal(TreeTask task) {
    return Optional.empty();
  }

  /** Bytes of the device's memory that the training would take, known before a row is read. */
  long bytes(TreeTask task);

  /**
   * Bins the rows and keeps them.
   *
   * @param rows float32: columns {@code [0, features)} are the features (NaN is missing), the next is the target, and
   *     where the task is weighted the one after it the weight
   * @param cancelled asked from any thread, many times; once true, calls end with a {@link
   *     java.util.concurrent.CancellationException}
   * @throws slipstream.core.SlipstreamException RESOURCE_EXHAUSTED when memory does not suffice, with what is needed and
   *     what there is
   */
  TreeTraining trees(TreeTask task, RowSource rows, BooleanSupplier cancelled);
}
