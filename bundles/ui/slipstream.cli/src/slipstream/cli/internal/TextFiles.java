package slipstream.cli.internal;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;

/** Reads text files that a user names. */
public final class TextFiles {
  private static final long MAX_EXPERIMENT = 1 << 20;

  private TextFiles() {}

  /** The text of an experiment file. */
  public static String readExperiment(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw SlipstreamException.invalid(
            file + " is a folder", "Name an experiment file (*.slip.yaml).");
      }
      if (Files.size(file) > MAX_EXPERIMENT) {
        throw SlipstreamException.invalid(
            file + " is too large for an experiment (over 1 MiB)", "Name an experiment file.");
      }
      return Files.readString(file);
    } catch (MalformedInputException e) {
      throw SlipstreamException.invalid(
          "it is not UTF-8 text", Place.file(file.toString()), "Save it as UTF-8.");
    } catch (IOException e) {
      throw AtomicFiles.explain("read the experiment", file, e);
    }
  }
}
