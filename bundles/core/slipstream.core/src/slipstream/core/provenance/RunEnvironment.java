package slipstream.core.provenance;

/**
 * The circumstances of a run, which do not decide its result.
 *
 * @param os name and version
 * @param architecture such as {@code amd64}
 * @param java vendor and version
 * @param threads upper bound of the run
 * @param device that models were trained on, and why, such as {@code "CPU (processor): this product
 *     has no GPU support"}
 * @param user who ran it
 */
public record RunEnvironment(
    String os, String architecture, String java, int threads, String device, String user) {

  /** The environment of this process. */
  public static RunEnvironment current(int threads, String device) {
    return new RunEnvironment(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch"),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        threads,
        device,
        System.getProperty("user.name"));
  }
}
