package slipstream.data.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;

/**
 * A file of an import.
 *
 * @param path absolute
 * @param userName as the user named it, or would have
 * @param instrument from the file's name; null where the name does not tell
 */
public record InputFile(Path path, String userName, String instrument) {
  /** The system property that names the folder of the product's samples, and how users name a file there. */
  private static final String SAMPLES_PROPERTY = "slipstream.samples";

  private static final String SAMPLE = "sample:";
  private static final String PLACEHOLDER = "{instrument}";
  private static final int MAX_FILES = 100_000;

  /**
   * The files that the options name, in the order of the options; those of one pattern by path.
   *
   * @throws SlipstreamException naming the path that is wrong
   */
  static List<InputFile> find(ImportOptions options, Path base) {
    List<InputFile> files = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    List<String> paths = new ArrayList<>();
    paths.add(options.path());
    paths.addAll(options.also());
    for (String path : paths) {
      for (InputFile file : find(path, options.instrumentFromFile(), base)) {
        if (seen.add(file.path)) {
          files.add(file);
        }
      }
    }
    long named = files.stream().filter(file -> file.instrument != null).count();
    if (named > 0 && named < files.size()) {
      InputFile without =
          files.stream().filter(file -> file.instrument == null).findFirst().orElseThrow();
      throw SlipstreamException.invalid(
          "the name of this file does not tell the instrument, those of others do",
          Place.file(without.userName),
          "Write {instrument} in every path, or set instrument_from_file.");
    }
    return files;
  }

  private static List<InputFile> find(String given, String fromFile, Path base) {
    String pattern = given.replace(PLACEHOLDER, "*");
    boolean placeholder = !pattern.equals(given);
    String namePattern = fromFile;
    if (placeholder) {
      String name = given.substring(given.lastIndexOf('/') + 1);
      if (!name.contains(PLACEHOLDER)) {
        throw SlipstreamException.invalid(
            "'" + given + "' has {instrument} in a folder's name",
            Place.key("path"),
            "Only a file's own name can tell the instrument.");
      }
      namePattern = name;
    }
    Pattern instrument = namePattern.isBlank() ? null : pattern(namePattern);
    List<InputFile> files = new ArrayList<>();
    if (!placeholder && Files.exists(resolve(base, given))) {
      files.add(file(base, given, resolve(base, given), instrument, namePattern));
    } else if (isPattern(pattern)) {
      for (Path path : matching(base, pattern)) {
        files.add(file(base, given, path, instrument, namePattern));
      }
      if (files.isEmpty()) {
        throw new SlipstreamException(
            SlipstreamException.Category.NOT_FOUND,
            "no file matches this pattern",
            Place.file(given),
            "Looked in " + base + ".");
      }
    } else {
      throw new SlipstreamException(
          SlipstreamException.Category.NOT_FOUND,
          "there is no such file",
          Place.file(userName(given)),
          "Looked for " + resolve(base, given) + ".");
    }
    return files;
  }

  private static Path resolve(Path base, String given) {
    try {
      return base.resolve(given).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw SlipstreamException.invalid(
          "'" + given + "' is no path", Place.key("path"), "Give the file's path.");
    }
  }

  private static InputFile file(
      Path base, String given, Path path, Pattern instrument, String namePattern) {
    String userName;
    if (path.equals(resolve(base, given.replace(PLACEHOLDER, "*")))) {
      userName = userName(given);
    } else if (given.startsWith("/")) {
      userName = userName(path.toString());
    } else {
      userName = base.toAbsolutePath().normalize().relativize(path).toString();
    }
    check(path, userName);
    String name = null;
    if (instrument != null) {
      Matcher matcher = instrument.matcher(path.getFileName().toString());
      if (!matcher.matches() || matcher.group(1).isBlank()) {
        throw SlipstreamException.invalid(
            "the file's name does not fit '" + namePattern + "'",
            new Place(userName, 0, 0, "instrument_from_file"),
            "Rename the file, or mend the pattern.");
      }
      name = matcher.group(1);
    }
    return new InputFile(path, userName, name);
  }

  private static void check(Path file, String userName) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw SlipstreamException.invalid(
          Files.isDirectory(file) ? "this is a folder" : "the file cannot be read",
          Place.file(userName),
          Files.isDirectory(file)
              ? "Name its files by a pattern, such as " + userName + "/*.csv."
              : "Give a file that you may read.");
    }
    try {
      if (Files.size(file) == 0) {
        throw SlipstreamException.invalid(
            "the file is empty", Place.file(userName), "Give a file with data.");
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("read the file", file, e);
    }
  }

  /** {@code prices_{instrument}_*.csv} with one group, the instrument. */
  private static Pattern pattern(String text) {
    int at = text.indexOf(PLACEHOLDER);
    if (at < 0 || text.indexOf(PLACEHOLDER, at + 1) >= 0) {
      throw SlipstreamException.invalid(
          "'" + text + "' does not hold {instrument} once",
          Place.key("instrument_from_file"),
          "Write it where the instrument stands, such as {instrument}.csv.");
    }
    return Pattern.compile(
        quoted(text.substring(0, at))
            + "(.+?)"
            + quoted(text.substring(at + PLACEHOLDER.length())));
  }

  private static String quoted(String text) {
    StringBuilder pattern = new StringBuilder();
    for (char c : text.toCharArray()) {
      pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return pattern.toString();
  }

  private static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  /** By path, so that the order of the rows does not depend on the file system. */
  private static List<Path> matching(Path base, String pattern) {
    int fixed = 0; // up to the last folder that is no pattern
    for (int slash = pattern.indexOf('/');
        slash >= 0 && !isPattern(pattern.substring(0, slash));
        slash = pattern.indexOf('/', slash + 1)) {
      fixed = slash + 1;
    }
    Path root = resolve(base, fixed == 0 ? "" : pattern.substring(0, fixed));
    String rest = pattern.substring(fixed);
    PathMatcher matcher;
    try {
      matcher = root.getFileSystem().getPathMatcher("glob:" + rest);
    } catch (IllegalArgumentException e) {
      throw SlipstreamException.invalid(
          "'" + pattern + "' is no pattern", Place.key("path"), "Write one such as data/*.csv.");
    }
    if (!Files.isDirectory(root)) {
      throw new SlipstreamException(
          SlipstreamException.Category.NOT_FOUND,
          "there is no folder " + root,
          Place.file(pattern),
          "Check the path.");
    }
    int depth =
        rest.contains("**")
            ? Integer.MAX_VALUE
            : 1 + (int) rest.chars().filter(c -> c == '/').count();
    try (Stream<Path> all = Files.walk(root, depth, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> found =
          all.filter(path -> !path.equals(root))
              .filter(path -> matcher.matches(root.relativize(path)))
              .filter(path -> !path.getFileName().toString().startsWith("."))
              .filter(path -> !path.getFileName().toString().endsWith(Sha256File.EXTENSION))
              .filter(Files::isRegularFile)
              .limit(MAX_FILES + 1L)
              .sorted()
              .toList();
      if (found.size() > MAX_FILES) {
        throw SlipstreamException.invalid(
            "more than " + MAX_FILES + " files match this pattern",
            Place.file(pattern),
            "Name fewer files.");
      }
      return found;
    } catch (UncheckedIOException e) {
      throw AtomicFiles.explain("list the files", root, e.getCause());
    } catch (IOException e) {
      throw AtomicFiles.explain("list the files", root, e);
    }
  }

  /** The path, or {@code sample:NAME} again where that was resolved to a file of the product. */
  private static String userName(String path) {
    String folder = System.getProperty(SAMPLES_PROPERTY);
    try {
      if (folder != null && Path.of(path).isAbsolute()) {
        Path samples = Path.of(folder).toAbsolutePath().normalize();
        Path file = Path.of(path).normalize();
        if (file.startsWith(samples) && !file.equals(samples)) {
          return SAMPLE + samples.relativize(file);
        }
      }
    } catch (InvalidPathException e) {
      return path; // reported when the file is looked for
    }
    return path;
  }

  /** All of them in a few words: the file, or what the user wrote and how many there are. */
  static String userName(List<InputFile> files, ImportOptions options) {
    if (files.size() == 1) {
      return files.getFirst().userName;
    }
    String given = options.path();
    return (options.also().isEmpty() && isPattern(given) ? given : files.getFirst().userName + " …")
        + " ("
        + files.size()
        + " files)";
  }

  /** The same for a title, without folders. */
  static String title(List<InputFile> files) {
    String first = files.getFirst().path.getFileName().toString();
    return files.size() == 1 ? first : first + " and " + (files.size() - 1) + " more";
  }
}
