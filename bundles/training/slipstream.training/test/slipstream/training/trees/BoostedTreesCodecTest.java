package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.spi.Link;
import slipstream.training.trees.TreeData.Kind;

class BoostedTreesCodecTest {
  private static final List<String> NAMES = List.of("größe", "b", "c", "d");
  private static final TreeData DATA = TreeData.of(1, 500, 4, Kind.SOME_MISSING, Kind.UNIFORM);

  private static byte[] encoded() {
    var p = BoostedTreesParameters.defaults().withRounds(3).withDepth(3);
    var result =
        BoostedTreesLearner.train(
            DATA.columns(), DATA.y(), null, null, p, 1, 2, TrainingMonitor.none());
    return BoostedTreesCodec.encode(new BoostedTreesCodec.Named(NAMES, result.model()));
  }

  @Test
  void whatIsDecodedEncodesToTheSameBytesAndPredictsTheSame() {
    byte[] bytes = encoded();
    var named = BoostedTreesCodec.decode(bytes);
    assertEquals(NAMES, named.names());
    assertArrayEquals(bytes, BoostedTreesCodec.encode(named));
    var p = BoostedTreesParameters.defaults().withRounds(3).withDepth(3);
    var trained =
        BoostedTreesLearner.train(
            DATA.columns(), DATA.y(), null, null, p, 1, 2, TrainingMonitor.none());
    assertArrayEquals(
        trained.model().predict(DATA.columns()), named.trees().predict(DATA.columns()));
  }

  @Test
  void linksComeBack() {
    for (StandardObjective objective : StandardObjective.values()) {
      TreeData data = DATA.fitFor(objective);
      var p = BoostedTreesParameters.defaults().withRounds(2).withObjective(objective);
      var trees =
          BoostedTreesLearner.train(
                  data.columns(), data.y(), null, null, p, 1, 2, TrainingMonitor.none())
              .model();
      byte[] bytes = BoostedTreesCodec.encode(new BoostedTreesCodec.Named(NAMES, trees));
      var decoded = BoostedTreesCodec.decode(bytes).trees();
      assertEquals(objective.link(), decoded.link());
      assertArrayEquals(trees.predict(data.columns()), decoded.predict(data.columns()));
    }
  }

  /** As it was written before there were links. */
  @Test
  void versionOneIsRead() {
    ByteBuffer old = ByteBuffer.allocate(20 + 3 + 4 + 21 + 12 + 12 + 4);
    old.order(ByteOrder.LITTLE_ENDIAN).put(new byte[] {'S', 'L', 'B', 'T'}).putInt(1);
    old.putInt(1).putFloat(10).putInt(1);
    old.putShort((short) 1).put((byte) 'x');
    old.putInt(3);
    old.putInt(0).putInt(7).putFloat(0.5f).put((byte) 1).putDouble(2.5);
    old.putInt(-1).putInt(3).putFloat(-1);
    old.putInt(-1).putInt(4).putFloat(2);
    seal(old.array());
    var named = BoostedTreesCodec.decode(old.array());
    assertEquals(List.of("x"), named.names());
    assertEquals(Link.IDENTITY, named.trees().link());
    assertEquals(9, named.trees().predict(new float[] {0.5f}));
    assertEquals(12, named.trees().predict(new float[] {0.6f}));
    assertEquals(9, named.trees().predict(new float[] {Float.NaN}));
    assertArrayEquals(old.array(), BoostedTreesCodec.encode(named));
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] bytes = encoded();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      corrupt(cut);
    }
    corrupt(Arrays.copyOf(bytes, bytes.length + 1));
  }

  @Test
  void everyFlippedBitIsRefused() {
    byte[] bytes = encoded();
    for (int i = 0; i < bytes.length * 8; i++) {
      byte[] flipped = bytes.clone();
      flipped[i / 8] ^= (byte) (1 << i % 8);
      corrupt(flipped);
    }
  }

  /**
   * With a valid checksum: what is decoded is either refused or a whole model, and never a crash.
   */
  @Test
  void damageBehindAValidChecksumIsRefusedOrHarmless() {
    byte[] bytes = encoded();
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 0; k < 5000; k++) {
      byte[] damaged = bytes.clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        damaged[random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
      }
      seal(damaged);
      try {
        var model = BoostedTreesCodec.decode(damaged).trees();
        model.predict(new float[model.features()]);
      } catch (SlipstreamException e) {
        assertEquals(Category.CORRUPT, e.category());
      }
    }
  }

  @Test
  void hugeCountsAreRefusedBeforeAnythingIsAllocated() {
    for (int at : new int[] {8, 16}) {
      byte[] bytes = encoded();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, 60_000);
      seal(bytes);
      corrupt(bytes);
    }
  }

  @Test
  void aNewerVersionSaysSo() {
    byte[] bytes = encoded();
    bytes[4] = 100;
    assertTrue(corrupt(bytes).getMessage().contains("Use a newer Slipstream"));
  }

  private static SlipstreamException corrupt(byte[] bytes) {
    var e = assertThrows(SlipstreamException.class, () -> BoostedTreesCodec.decode(bytes));
    assertEquals(Category.CORRUPT, e.category());
    return e;
  }

  private static void seal(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - 4, (int) crc.getValue());
  }
}
