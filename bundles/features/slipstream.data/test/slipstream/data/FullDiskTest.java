package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;

/** A disk of one megabyte. Needs the right to mount; skipped without. */
class FullDiskTest {
  @TempDir Path folder;
  private Path disk;

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "skipped: no mount");
    int status = run("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
    assumeTrue(status == 0, "skipped: a small disk may not be mounted here");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    run("/bin/umount", disk.toString());
  }

  @Test
  void aFullDiskIsOneLineAndLeavesNothing() throws IOException {
    StringBuilder text = new StringBuilder("t,x\n");
    for (int i = 0; i < 200_000; i++) {
      text.append(i).append(",1.5\n");
    }
    Path file = Files.writeString(folder.resolve("a.csv"), text);
    CsvParameters parameters =
        ParameterForm.bind(CsvParameters.class, java.util.Map.of("path", file.toString()), "data");
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                new CsvImporter()
                    .read(
                        parameters,
                        new Importer.Context(folder, disk.resolve("table"), 2, Progress.NONE))
                    .close());
    assertEquals(Category.RESOURCE_EXHAUSTED, e.category(), e.getMessage());
    assertTrue(e.getMessage().contains("no space left"), e.getMessage());
    try (Stream<Path> left = Files.list(disk)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
