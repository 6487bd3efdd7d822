package slipstream.core.model;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;

/**
 * The bytes of small models: a magic word of 8 bytes, a version, then little-endian ints, doubles
 * and strings.
 *
 * <p>Reading checks every count against the bytes that are left before anything is allocated.
 */
public final class ModelBytes {
  private static final int MAGIC = 8;
  private static final int MAX_NAME = 4096;

  private ModelBytes() {}

  /** Whether bytes begin with a magic word. */
  public static boolean startWith(byte[] bytes, String magic) {
    return bytes.length >= MAGIC
        && ByteBuffer.wrap(bytes, 0, MAGIC).equals(ByteBuffer.wrap(padded(magic)));
  }

  /** Appends values; {@link #bytes} ends it. Not thread-safe. */
  public static final class Writer {
    private ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);

    public Writer(String magic, int version) {
      buffer.put(padded(magic));
      putInt(version);
    }

    public Writer putInt(int value) {
      room(4).putInt(value);
      return this;
    }

    public Writer putLong(long value) {
      room(8).putLong(value);
      return this;
    }

    public Writer putDouble(double value) {
      room(8).putDouble(value);
      return this;
    }

    public Writer putDoubles(double[] values) {
      for (double value : values) {
        putDouble(value);
      }
      return this;
    }

    public Writer putString(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      putInt(bytes.length);
      room(bytes.length).put(bytes);
      return this;
    }

    public Writer putStrings(List<String> texts) {
      putInt(texts.size());
      texts.forEach(this::putString);
      return this;
    }

    public Writer putBytes(byte[] bytes) {
      putInt(bytes.length);
      room(bytes.length).put(bytes);
      return this;
    }

    public byte[] bytes() {
      byte[] bytes = new byte[buffer.position()];
      buffer.get(0, bytes);
      return bytes;
    }

    private ByteBuffer room(int bytes) {
      if (buffer.remaining() < bytes) {
        int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
        buffer.flip();
        buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(buffer);
      }
      return buffer;
    }
  }

  /**
   * Reads what a {@link Writer} wrote; every defect is a CORRUPT error that names the kind of
   * model.
   */
  public static final class Reader {
    private final ByteBuffer buffer;
    private final String kind;
    private final int version;

    /**
     * @param kind for errors: {@code "ridge model"}
     * @param newest the newest version that the caller reads
     */
    public Reader(byte[] bytes, String magic, int newest, String kind) {
      this.kind = kind;
      buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      byte[] expected = padded(magic);
      if (bytes.length < MAGIC + 4
          || !ByteBuffer.wrap(bytes, 0, MAGIC).equals(ByteBuffer.wrap(expected))) {
        throw damaged("it does not start as one");
      }
      buffer.position(MAGIC);
      version = buffer.getInt();
      if (version > newest) {
        throw SlipstreamException.corrupt(
            "the " + kind + " has version " + version + "; this Slipstream reads up to " + newest,
            "Open it with a newer Slipstream.");
      }
      if (version < 1) {
        throw damaged("it claims version " + version);
      }
    }

    /** The version of the bytes: 1 or more, at most the newest. */
    public int version() {
      return version;
    }

    public int getInt() {
      try {
        return buffer.getInt();
      } catch (BufferUnderflowException e) {
        throw damaged("it ends early");
      }
    }

    /** A count of things that take at least {@code width} bytes each. */
    public int getCount(int width) {
      int count = getInt();
      if (count < 0 || (long) count * width > buffer.remaining()) {
        throw damaged("it claims " + count + " entries");
      }
      return count;
    }

    public long getLong() {
      try {
        return buffer.getLong();
      } catch (BufferUnderflowException e) {
        throw damaged("it ends early");
      }
    }

    /** Any double. */
    public double getDouble() {
      try {
        return buffer.getDouble();
      } catch (BufferUnderflowException e) {
        throw damaged("it ends early");
      }
    }

    /** A double that must be finite. */
    public double getFinite() {
      double value = getDouble();
      if (!Double.isFinite(value)) {
        throw damaged("it holds the number " + value);
      }
      return value;
    }

    public double[] getFinite(int count) {
      if ((long) count * 8 > buffer.remaining()) {
        throw damaged("it ends early");
      }
      double[] values = new double[count];
      for (int i = 0; i < count; i++) {
        values[i] = getFinite();
      }
      return values;
    }

    public String getString() {
      int length = getCount(1);
      if (length > MAX_NAME) {
        throw damaged("it holds a name of " + length + " bytes");
      }
      byte[] bytes = new byte[length];
      buffer.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public List<String> getStrings() {
      int count = getCount(4);
      List<String> strings = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        strings.add(getString());
      }
      return strings;
    }

    public byte[] getBytes() {
      byte[] bytes = new byte[getCount(1)];
      buffer.get(bytes);
      return bytes;
    }

    /** Demands that nothing is left. */
    public void end() {
      if (buffer.hasRemaining()) {
        throw damaged(buffer.remaining() + " bytes are left over");
      }
    }

    public SlipstreamException damaged(String how) {
      return SlipstreamException.corrupt(
          "the " + kind + " is damaged: " + how, "Copy the model again, or train it again.");
    }
  }

  private static byte[] padded(String magic) {
    byte[] bytes = new byte[MAGIC];
    byte[] text = magic.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, bytes, 0, Math.min(MAGIC, text.length));
    return bytes;
  }
}
