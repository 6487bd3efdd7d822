package slipstream.data.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;

/** The SHA-256 that lies beside a file as {@code FILE.sha256}, as {@code sha256sum} writes it. */
final class Sha256File {
  static final String EXTENSION = ".sha256";

  /** A checksum alone, or with the name of its file, which a * marks as binary. */
  private static final Pattern LINE = Pattern.compile("\\\\?([0-9a-fA-F]{64})(?:\\s+\\*?(.*))?");

  private static final long MOST_BYTES = 1 << 20;
  private static final int BUFFER = 1 << 18;

  private Sha256File() {}

  /** The one beside a file, if there is one. */
  static Optional<Path> of(InputFile file) {
    Path beside = file.path().resolveSibling(file.path().getFileName() + EXTENSION);
    return Files.isRegularFile(beside) ? Optional.of(beside) : Optional.empty();
  }

  /**
   * Compares a file with the checksum beside it, if there is one.
   *
   * @throws SlipstreamException CORRUPT when it differs; INVALID_INPUT when there is none of this file in it
   */
  static void check(InputFile file, Progress progress) {
    Optional<Path> beside = of(file);
    if (beside.isEmpty()) {
      return;
    }
    try {
      String expected = expected(file, beside.get());
      if (!sha256(file.path(), progress).equals(expected)) {
        throw new SlipstreamException(
            SlipstreamException.Category.CORRUPT,
            "its SHA-256 is not the one in " + beside.get().getFileName(),
            Place.file(file.userName()),
            "Get the file again, or that checksum.");
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("read", file.path(), e);
    }
  }

  private static String expected(InputFile file, Path beside) throws IOException {
    String name = file.path().getFileName().toString();
    if (Files.size(beside) <= MOST_BYTES) {
      String text = new String(Files.readAllBytes(beside), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        Matcher matcher = LINE.matcher(line.strip());
        if (matcher.matches() && (matcher.group(2) == null || isName(matcher.group(2), name))) {
          return matcher.group(1).toLowerCase(Locale.ROOT);
        }
      }
    }
    throw SlipstreamException.invalid(
        "there is no SHA-256 of " + name + " in it",
        Place.file(file.userName() + EXTENSION),
        "Make it by sha256sum " + name + " > " + name + EXTENSION + ", or remove it.");
  }

  /** Whether a line's path is of the file, whatever folder it was made in. */
  private static boolean isName(String path, String name) {
    return path.equals(name) || path.endsWith("/" + name);
  }

  private static String sha256(Path file, Progress progress) throws IOException {
    MessageDigest digest = Hashing.digest();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer) >= 0) {
        progress.checkCancelled();
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
