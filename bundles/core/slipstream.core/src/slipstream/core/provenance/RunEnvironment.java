package slipstream.core.provenance;

/**
 * The circumstances of a run, which do not decide its result.
 *
 * @param os name and version
 * @param architecture such as {@code amd64}
 * @param java vendor and version
 * @param threads upper bound of the run
 * @param user who ran it
 */
public record RunEnvironment(
    String os, String architecture, String java, int threads, String user) {

  /** The environment of this process. */
  public static RunEnvironment current(int threads) {
    return new RunEnvironment(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch"),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        threads,
        System.getProperty("user.name"));
  }
}
