package slipstream.training.trees;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import slipstream.core.SlipstreamException;
import slipstream.core.device.BinSet;
import slipstream.core.spi.Link;

/**
 * Boosted trees as bytes, little-endian; {@code docs/formats/boosted-trees.md} describes them.
 * Equal models have equal bytes. Decoding checks every count against the bytes that are left before
 * it allocates.
 */
public final class BoostedTreesCodec {
  private static final int MAGIC = 'S' | 'L' << 8 | 'B' << 16 | 'T' << 24;
  private static final int VERSION = 4;
  private static final int MAX_SERIES = BoostedTreesParameters.MAX_QUANTILES;
  private static final int MAX_NODES = 1 << 20;
  private static final int MAX_CATEGORIES = 1 << 24;
  private static final int MAX_NAME_BYTES = 4096;
  private static final int LEAF_BYTES = 12;
  private static final int INNER_BYTES = 21;

  private BoostedTreesCodec() {}

  /**
   * A model and the names of its features.
   *
   * @param categories by feature
   * @param levels of the quantiles that the series predict, ascending; empty for one series
   * @param series of trees; all with the same features and link
   */
  public record Named(
      List<String> names, List<Categories> categories, double[] levels, List<BoostedTrees> series) {
    public Named {
      names = List.copyOf(names);
      categories = List.copyOf(categories);
      levels = levels.clone();
      series = List.copyOf(series);
      if (series.size() != Math.max(1, levels.length)) {
        throw new IllegalArgumentException(
            series.size() + " series for " + levels.length + " quantiles");
      }
      for (BoostedTrees trees : series) {
        if (names.size() != trees.features()
            || categories.size() != names.size()
            || trees.link() != series.getFirst().link()) {
          throw new IllegalArgumentException(
              names.size() + " names for " + trees.features() + " features");
        }
      }
    }

    /** One series over quantities. */
    public Named(List<String> names, BoostedTrees trees) {
      this(
          names, Collections.nCopies(names.size(), Categories.NONE), new double[0], List.of(trees));
    }

    /** Whether a feature has categories. */
    boolean hasCategories() {
      return categories.stream().anyMatch(each -> each.count() > 0);
    }

    /** The only series. */
    public BoostedTrees trees() {
      return series.getFirst();
    }
  }

  /**
   * Encodes a model.
   *
   * @throws SlipstreamException when a name is longer than 4096 bytes in UTF-8, or the model than 2
   *     GB
   */
  public static byte[] encode(Named model) {
    List<byte[]> names = model.names().stream().map(BoostedTreesCodec::utf8).toList();
    int version = version(model);
    long size = version < 3 ? 20 + 4 * version : 24 + 16L * model.series().size();
    for (byte[] name : names) {
      size += bytes(name, "a feature");
    }
    List<List<byte[]>> categories = new ArrayList<>();
    for (Categories each : version < 4 ? List.<Categories>of() : model.categories()) {
      List<byte[]> encoded = each.names().stream().map(BoostedTreesCodec::utf8).toList();
      categories.add(encoded);
      size += 8;
      for (byte[] name : encoded) {
        size += bytes(name, "a category");
      }
    }
    for (BoostedTrees series : model.series()) {
      for (RegressionTree tree : series.trees()) {
        size += 4 + (long) tree.size() / 2 * INNER_BYTES + (tree.size() + 1L) / 2 * LEAF_BYTES;
        for (int i = 0; i < tree.size() && tree.splitsCategories(); i++) {
          size +=
              tree.categories(i) == null
                  ? 0
                  : 8L * words(model.categories().get(tree.feature(i))) - 4;
        }
      }
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw Checks.invalid("the model takes " + size + " bytes", "Use fewer or smaller trees.");
    }
    ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(version);
    out.putInt(names.size());
    if (version < 3) {
      out.putFloat(model.trees().baseScore());
      out.putInt(model.trees().trees().size());
    } else {
      out.putInt(model.series().size());
    }
    if (version >= 2) {
      out.putInt(model.trees().link().ordinal());
    }
    for (byte[] name : names) {
      out.putShort((short) name.length).put(name);
    }
    for (int f = 0; f < categories.size(); f++) {
      out.putInt(categories.get(f).size()).putInt(model.categories().get(f).own());
      categories.get(f).forEach(name -> out.putShort((short) name.length).put(name));
    }
    for (int k = 0; k < model.series().size(); k++) {
      BoostedTrees series = model.series().get(k);
      if (version >= 3) {
        out.putDouble(model.levels().length == 0 ? 0 : model.levels()[k]);
        out.putFloat(series.baseScore());
        out.putInt(series.trees().size());
      }
      for (RegressionTree tree : series.trees()) {
        put(out, tree, model.categories());
      }
    }
    out.putInt(checksum(out.array(), out.position()));
    return out.array();
  }

  /** The oldest that says it all. */
  private static int version(Named model) {
    if (model.hasCategories()) {
      return 4;
    }
    return model.levels().length > 0 ? 3 : model.trees().link() != Link.IDENTITY ? 2 : 1;
  }

  private static byte[] utf8(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private static int bytes(byte[] name, String whose) {
    if (name.length > MAX_NAME_BYTES) {
      throw Checks.invalid(whose + "'s name has " + name.length + " bytes", "Shorten it.");
    }
    return 2 + name.length;
  }

  /** Longs that hold a bit for each number of a category. */
  private static int words(Categories categories) {
    return (categories.count() + 63) / 64;
  }

  private static void put(ByteBuffer out, RegressionTree tree, List<Categories> categories) {
    out.putInt(tree.size());
    for (int i = 0; i < tree.size(); i++) {
      out.putInt(tree.feature(i)).putInt(tree.rows(i));
      if (tree.isLeaf(i)) {
        out.putFloat(tree.value(i));
      } else {
        BinSet set = tree.categories(i);
        if (set == null) {
          out.putFloat(tree.threshold(i));
        }
        for (int w = 0; set != null && w < words(categories.get(tree.feature(i))); w++) {
          out.putLong(set.word(w));
        }
        out.put((byte) (tree.missingLeft(i) ? 1 : 0));
        out.putDouble(tree.gain(i));
      }
    }
  }

  /**
   * Decodes what {@link #encode} made, of this or any older version.
   *
   * @throws SlipstreamException CORRUPT when the bytes are damaged or of a newer version
   */
  public static Named decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return decode(in);
    } catch (BufferUnderflowException e) {
      throw corrupt("they end too early");
    }
  }

  private static Named decode(ByteBuffer in) {
    check(in.getInt() == MAGIC, "they do not begin with SLBT");
    int version = in.getInt();
    check(version >= 1, "their version is " + version);
    if (version > VERSION) {
      throw SlipstreamException.corrupt(
          "The boosted trees have format version "
              + version
              + "; this program reads up to "
              + VERSION,
          "Use a newer Slipstream.");
    }
    check(in.limit() >= 24, "they end too early");
    int end = in.limit() - 4;
    check(in.getInt(end) == checksum(in.array(), end), "their checksum does not fit");
    in.limit(end);
    int features = count(in, BoostedTreesLearner.MAX_FEATURES, 2, "features");
    check(features > 0, "they have no features");
    float base = version < 3 ? base(in) : 0;
    int trees = version < 3 ? trees(in) : 0;
    int series = version < 3 ? 1 : count(in, MAX_SERIES, 16, "series");
    check(series > 0, "they have no series");
    Link link = Link.IDENTITY;
    if (version >= 2) {
      int number = in.getInt();
      int least = version == 2 ? 1 : 0;
      check(number >= least && number < Link.values().length, "their link is " + number);
      link = Link.values()[number];
    }
    List<String> names = new ArrayList<>(features);
    for (int f = 0; f < features; f++) {
      names.add(name(in));
    }
    List<Categories> categories = new ArrayList<>(features);
    for (int f = 0; f < features; f++) {
      categories.add(version < 4 ? Categories.NONE : categories(in));
    }
    double[] levels = new double[version < 3 ? 0 : series];
    List<BoostedTrees> all = new ArrayList<>(series);
    for (int k = 0; k < series; k++) {
      if (version >= 3) {
        levels[k] = in.getDouble();
        double before = k == 0 ? 0 : levels[k - 1];
        boolean none = version >= 4 && series == 1 && levels[k] == 0;
        check(none || levels[k] > before && levels[k] < 1, "a quantile is " + levels[k]);
        base = base(in);
        trees = trees(in);
      }
      List<RegressionTree> list = new ArrayList<>(trees);
      for (int t = 0; t < trees; t++) {
        list.add(tree(in, categories));
      }
      all.add(new BoostedTrees(features, base, link, list));
    }
    check(!in.hasRemaining(), "they go on after their end");
    boolean none = levels.length == 1 && levels[0] == 0;
    return new Named(names, categories, none ? new double[0] : levels, all);
  }

  private static float base(ByteBuffer in) {
    float base = in.getFloat();
    check(Float.isFinite(base), "their base score is " + base);
    return base;
  }

  private static int trees(ByteBuffer in) {
    return count(in, BoostedTreesParameters.MAX_ROUNDS, 4 + LEAF_BYTES, "trees");
  }

  private static String name(ByteBuffer in) {
    int length = Short.toUnsignedInt(in.getShort());
    check(length <= MAX_NAME_BYTES && length <= in.remaining(), "a name is too long");
    ByteBuffer slice = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    } catch (CharacterCodingException e) {
      throw corrupt("a name is not UTF-8");
    }
  }

  private static Categories categories(ByteBuffer in) {
    int count = count(in, MAX_CATEGORIES, 2, "categories");
    int own = in.getInt();
    int most = count <= Categories.MOST ? count : Categories.MOST - 1;
    check(own >= 0 && own <= most, "they claim " + own + " numbers of categories");
    List<String> names = new ArrayList<>(count);
    for (int k = 0; k < count; k++) {
      names.add(name(in));
    }
    check(Set.copyOf(names).size() == count, "a category comes twice");
    return new Categories(names, own);
  }

  /** Numbers of categories below a count. */
  private static BinSet set(ByteBuffer in, Categories categories) {
    long[] words = new long[4];
    for (int w = 0; w < words(categories); w++) {
      words[w] = in.getLong();
    }
    BinSet set = BinSet.of(words);
    check(set.equals(set.below(categories.count())), "a node has categories beyond the last");
    return set;
  }

  private static RegressionTree tree(ByteBuffer in, List<Categories> categories) {
    int features = categories.size();
    BinSet[] sets = null;
    int n = count(in, MAX_NODES, LEAF_BYTES, "nodes");
    int[] feature = new int[n];
    int[] rows = new int[n];
    float[] threshold = new float[n];
    float[] value = new float[n];
    boolean[] missingLeft = new boolean[n];
    double[] gain = new double[n];
    int[] right = new int[n];
    Arrays.fill(right, -1);
    int[] waiting = new int[n]; // inner nodes whose right child has not come yet
    int depth = 0;
    boolean complete = false;
    for (int i = 0; i < n; i++) {
      check(!complete, "a tree has nodes after its last leaf");
      feature[i] = in.getInt();
      rows[i] = in.getInt();
      check(feature[i] >= -1 && feature[i] < features, "a node's feature is " + feature[i]);
      check(rows[i] >= 0, "a node has " + rows[i] + " rows");
      if (feature[i] < 0) {
        value[i] = in.getFloat();
        check(Float.isFinite(value[i]), "a leaf's value is " + value[i]);
        if (depth == 0) {
          complete = true;
        } else {
          right[waiting[--depth]] = i + 1;
        }
      } else {
        if (categories.get(feature[i]).count() > 0) {
          sets = sets == null ? new BinSet[n] : sets;
          sets[i] = set(in, categories.get(feature[i]));
        } else {
          threshold[i] = in.getFloat();
          check(!Float.isNaN(threshold[i]), "a threshold is NaN");
        }
        byte flag = in.get();
        check(flag == 0 || flag == 1, "a node's flag is " + flag);
        missingLeft[i] = flag == 1;
        gain[i] = in.getDouble();
        check(Double.isFinite(gain[i]) && gain[i] >= 0, "a gain is " + gain[i]);
        waiting[depth++] = i;
      }
    }
    check(complete, "a tree lacks a leaf");
    return new RegressionTree(feature, threshold, right, missingLeft, value, gain, rows, sets);
  }

  /** A count that leaves at least {@code bytesEach} for each. */
  private static int count(ByteBuffer in, int limit, int bytesEach, String what) {
    int n = in.getInt();
    check(
        n >= 0 && n <= limit && (long) n * bytesEach <= in.remaining(),
        "they claim " + n + " " + what);
    return n;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static void check(boolean fine, String what) {
    if (!fine) {
      throw corrupt(what);
    }
  }

  private static SlipstreamException corrupt(String what) {
    return SlipstreamException.corrupt(
        "The bytes of the boosted trees are damaged: " + what, "Train or copy the model again.");
  }
}
