package slipstream.training.trees;

import slipstream.core.SlipstreamException;

/** The errors of this package, in one form: what was wrong, and what to do. */
final class Checks {
  private Checks() {}

  static SlipstreamException invalid(String what, String remedy) {
    return SlipstreamException.invalid("Boosted trees: " + what, remedy);
  }
}
