package slipstream.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in lower-case hex: the name of everything content-addressed. */
public final class Hashing {
  private static final int BUFFER = 1 << 16;

  private Hashing() {}

  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(sha256Bytes(bytes));
  }

  /** Of the text's UTF-8 bytes. */
  public static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] sha256Bytes(byte[] bytes) {
    return digest().digest(bytes);
  }

  public static String sha256(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Of the segment's bytes, wherever it lies: native, mapped, or an array of any type. */
  public static String sha256(MemorySegment segment) {
    MessageDigest digest = digest();
    byte[] buffer = new byte[(int) Math.min(BUFFER, segment.byteSize())];
    for (long from = 0; from < segment.byteSize(); from += buffer.length) {
      int length = (int) Math.min(buffer.length, segment.byteSize() - from);
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, from, buffer, 0, length);
      digest.update(buffer, 0, length);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
