package slipstream.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashingTest {
  @Test
  void aSegmentHashesAsItsBytesWhereverItLies() {
    double[] values = new Random(1).doubles(100_001).toArray();
    MemorySegment doubles = MemorySegment.ofArray(values);
    MemorySegment bytes = MemorySegment.ofArray(new byte[values.length * 8]);
    MemorySegment.copy(doubles, 0, bytes, 0, bytes.byteSize());
    String expected = Hashing.sha256((byte[]) bytes.heapBase().orElseThrow());
    assertEquals(expected, Hashing.sha256(bytes));
    assertEquals(expected, Hashing.sha256(doubles));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(bytes.byteSize());
      MemorySegment.copy(bytes, 0, copy, 0, bytes.byteSize());
      assertEquals(expected, Hashing.sha256(copy));
    }
    assertEquals(Hashing.sha256(new byte[0]), Hashing.sha256(MemorySegment.ofArray(new long[0])));
  }
}
