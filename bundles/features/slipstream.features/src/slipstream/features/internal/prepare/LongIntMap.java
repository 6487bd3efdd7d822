package slipstream.features.internal.prepare;

import java.util.Arrays;

/** A map from longs to ints that are not negative, by open addressing. Safe to read from several threads. */
final class LongIntMap {
  private long[] keys = new long[64];
  private int[] values = new int[64];
  private int size;

  LongIntMap() {
    Arrays.fill(values, -1);
  }

  int size() {
    return size;
  }

  /** The value of a key, or -1. */
  int get(long key) {
    int mask = keys.length - 1;
    for (int at = slot(key, mask); ; at = (at + 1) & mask) {
      if (values[at] < 0 || keys[at] == key) {
        return values[at];
      }
    }
  }

  /** The value of a key; a new key gets the number of keys before it. */
  int number(long key) {
    int known = get(key);
    if (known >= 0) {
      return known;
    }
    if (2 * (size + 1) > keys.length) {
      long[] oldKeys = keys;
      int[] oldValues = values;
      keys = new long[2 * oldKeys.length];
      values = new int[2 * oldKeys.length];
      Arrays.fill(values, -1);
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldValues[i] >= 0) {
          put(oldKeys[i], oldValues[i]);
        }
      }
    }
    put(key, size);
    return size++;
  }

  private void put(long key, int value) {
    int mask = keys.length - 1;
    int at = slot(key, mask);
    while (values[at] >= 0) {
      at = (at + 1) & mask;
    }
    keys[at] = key;
    values[at] = value;
  }

  private static int slot(long key, int mask) {
    long mixed = key * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32 ^ mixed) & mask;
  }
}
