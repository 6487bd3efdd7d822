package slipstream.training.validation;

/** Ways of choosing k of n, in lexicographic order. */
final class Combinations {
  private Combinations() {}

  /** How many there are. */
  static long count(int n, int k) {
    long count = 1;
    for (int i = 1; i <= k; i++) {
      // Each intermediate product is a binomial coefficient times i, hence divisible by it.
      count = Math.multiplyExact(count, n - k + i) / i;
    }
    return count;
  }

  /** The first: 0 to k - 1. */
  static int[] first(int k) {
    int[] members = new int[k];
    for (int i = 0; i < k; i++) {
      members[i] = i;
    }
    return members;
  }

  /** Makes the members those of the next combination; false, and nothing changed, after the last. */
  static boolean next(int[] members, int n) {
    int k = members.length;
    int i = k - 1;
    while (i >= 0 && members[i] == n - k + i) {
      i--;
    }
    if (i < 0) {
      return false;
    }
    members[i]++;
    for (int j = i + 1; j < k; j++) {
      members[j] = members[j - 1] + 1;
    }
    return true;
  }
}
