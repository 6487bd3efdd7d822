package slipstream.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.core.table.TableFiles;
import slipstream.core.table.TableWriter;

class StoreTest {
  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Table table(double... values) {
    return Table.of(List.of(Column.of("x", values)), "", "");
  }

  private static List<Path> unfinished(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> path.getFileName().toString().startsWith(AtomicFiles.PREFIX))
          .toList();
    }
  }

  // ------------------------------------------------------------- content store

  @Test
  void storesContentOnceUnderItsHash() {
    ContentStore store = new ContentStore(folder);
    String hash = store.put(utf8("hello"));
    assertEquals("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", hash);
    assertEquals(hash, store.put(utf8("hello")));
    assertTrue(Files.exists(store.blobPath(hash)));
    assertArrayEquals(utf8("hello"), store.get(hash));
    String missing = "0".repeat(64);
    assertEquals(
        Category.NOT_FOUND,
        assertThrows(SlipstreamException.class, () -> store.get(missing)).category());
    for (String bad : List.of("", "../../../etc/passwd", hash.toUpperCase(java.util.Locale.ROOT))) {
      assertEquals(
          Category.INVALID_INPUT,
          assertThrows(SlipstreamException.class, () -> store.get(bad)).category());
    }
  }

  @Test
  void aDamagedBlobIsReportedAndMendedByStoringAgain() throws IOException {
    ContentStore store = new ContentStore(folder);
    String hash = store.put(utf8("hello"));
    for (String damage : List.of("hellO", "hell", "")) {
      Files.write(store.blobPath(hash), utf8(damage));
      assertEquals(
          Category.CORRUPT,
          assertThrows(SlipstreamException.class, () -> store.get(hash)).category());
      assertEquals(hash, store.put(utf8("hello")));
      assertArrayEquals(utf8("hello"), store.get(hash));
    }
  }

  @Test
  void aDamagedTableIsReplacedByStoringAgain() throws IOException {
    ContentStore store = new ContentStore(folder.resolve("store"));
    Table table = table(1, 2, 3);
    String hash = table.hash();
    store.put(table).close();
    Path values = store.tablePath(hash).resolve("00000.values");
    byte[] bytes = Files.readAllBytes(values);
    bytes[3] ^= 1;
    Files.write(values, bytes);
    try (Table again = store.put(table(1, 2, 3))) {
      TableFiles.verify(store.tablePath(hash));
      assertEquals(hash, again.hash());
    }
    Files.delete(values);
    Path fresh = folder.resolve("fresh");
    TableWriter.write(table(1, 2, 3), fresh).close();
    try (Table adopted = store.adopt(fresh)) {
      assertEquals(2, adopted.column(0).getDouble(1));
    }
    assertFalse(Files.exists(fresh));
    TableFiles.verify(store.tablePath(hash));
    assertEquals(List.of(), unfinished(folder));
  }

  @Test
  void manyThreadsStoreTheSameContentOnce() throws Exception {
    ContentStore store = new ContentStore(folder.resolve("store"));
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> hashes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        int each = i;
        hashes.add(
            threads.submit(
                () -> {
                  start.await();
                  for (int j = 0; j < 20; j++) {
                    store.put(utf8("content " + j));
                  }
                  if (each % 2 == 0) {
                    try (Table stored = store.put(table(4, 5, 6))) {
                      return stored.hash();
                    }
                  }
                  Path own = folder.resolve("own" + each);
                  TableWriter.write(table(4, 5, 6), own).close();
                  try (Table stored = store.adopt(own)) {
                    return stored.hash();
                  }
                }));
      }
      start.countDown();
      for (Future<String> hash : hashes) {
        assertEquals(table(4, 5, 6).hash(), hash.get(30, TimeUnit.SECONDS));
      }
    }
    for (int j = 0; j < 20; j++) {
      byte[] bytes = utf8("content " + j);
      assertArrayEquals(bytes, store.get(Hashing.sha256(bytes)));
    }
    TableFiles.verify(store.tablePath(table(4, 5, 6).hash()));
    assertEquals(List.of(), unfinished(folder), "nothing unfinished is left");
  }

  // -------------------------------------------------------------- atomic files

  @Test
  void replacesAFileWhole() throws IOException {
    Path file = folder.resolve("new/folder/file");
    AtomicFiles.write(file, utf8("one"));
    AtomicFiles.write(file, utf8("two"));
    assertEquals("two", Files.readString(file));
    assertEquals(List.of(), unfinished(folder));
  }

  @Test
  void aFailedWriteLeavesWhatWasThere() throws IOException {
    Path directory = folder.resolve("d");
    Files.createDirectories(directory.resolve("inside"));
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> AtomicFiles.write(directory, utf8("x")));
    assertEquals(Category.CONFLICT, e.category());
    assertEquals(directory + " is a folder, not a file. Give the name of a file.", e.getMessage());
    assertTrue(Files.isDirectory(directory.resolve("inside")));
    assertEquals(List.of(), unfinished(folder));
    Path scratch = AtomicFiles.scratchDirectory(directory);
    assertThrows(
        FileAlreadyExistsException.class, () -> AtomicFiles.moveDirectory(scratch, directory));
  }

  @Test
  void aDeviceIsNotReplaced() throws Exception {
    Path device = folder.resolve("device");
    assumeTrue(run("mknod", device.toString(), "p") == 0, "this system does not make nodes");
    Path file = Files.writeString(folder.resolve("file"), "x");
    for (Path name : List.of(device, Files.createSymbolicLink(folder.resolve("link"), device))) {
      SlipstreamException e =
          assertThrows(SlipstreamException.class, () -> AtomicFiles.write(name, utf8("x")));
      assertEquals(Category.CONFLICT, e.category());
      e = assertThrows(SlipstreamException.class, () -> AtomicFiles.move(file, name));
      assertEquals(name + " is a device, not a file. Give the name of a file.", e.getMessage());
    }
    assertFalse(Files.isRegularFile(device));
    assertTrue(Files.exists(file));
    assertEquals(List.of(), unfinished(folder));
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path real = Files.createDirectories(folder.resolve("shared")).resolve("real");
    Files.writeString(real, "before");
    Path relative = Files.createSymbolicLink(folder.resolve("a"), Path.of("shared/real"));
    Path link = Files.createSymbolicLink(folder.resolve("b"), relative.toAbsolutePath());
    AtomicFiles.write(link, utf8("after"));
    assertEquals("after", Files.readString(real));
    AtomicFiles.move(Files.writeString(folder.resolve("new"), "moved"), relative);
    assertEquals("moved", Files.readString(real));
    assertTrue(Files.isSymbolicLink(relative) && Files.isSymbolicLink(link));
    assertFalse(Files.exists(folder.resolve("new")));
    Files.delete(real); // what a link points to may not be there yet
    AtomicFiles.write(link, utf8("again"));
    assertEquals("again", Files.readString(real));
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertThrows(IOException.class, () -> AtomicFiles.write(loop, utf8("x")));
    assertEquals(List.of(), unfinished(folder));
  }

  @Test
  void aLinkToAnotherDiskStaysALink() throws Exception {
    Path disk = tinyDisk();
    try {
      Path real = Files.writeString(disk.resolve("real"), "before");
      Path link = Files.createSymbolicLink(folder.resolve("link"), real);
      AtomicFiles.write(link, utf8("after"));
      assertEquals("after", Files.readString(real));
      AtomicFiles.move(Files.writeString(folder.resolve("new"), "moved"), link);
      assertEquals("moved", Files.readString(real));
      assertTrue(Files.isSymbolicLink(link));
      assertFalse(Files.exists(folder.resolve("new")));
      assertEquals(List.of(), unfinished(folder));
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void aFullDiskIsKnownInAnyLanguage() throws Exception {
    Path disk = tinyDisk();
    try {
      IOException german = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");
      Path file = disk.resolve("folder/file");
      assertEquals(Category.UNAVAILABLE, AtomicFiles.explain("write", file, german).category());
      Files.write(disk.resolve("filler"), new byte[900 << 10]);
      assertEquals(
          Category.RESOURCE_EXHAUSTED, AtomicFiles.explain("write", file, german).category());
    } finally {
      run("umount", disk.toString());
    }
  }

  /** A file system of one megabyte, which fills up honestly. */
  private Path tinyDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a tiny disk");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0,
        "this system does not allow mounts");
    return disk;
  }

  private static int run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor();
  }

  @Test
  void aFullDiskIsReportedAndCostsNothing() throws Exception {
    Path disk = tinyDisk();
    try {
      Path file = disk.resolve("file");
      AtomicFiles.write(file, utf8("before"));
      IOException full =
          assertThrows(IOException.class, () -> AtomicFiles.write(file, new byte[2 << 20]));
      SlipstreamException e = AtomicFiles.explain("write the report", file, full);
      assertEquals(Category.RESOURCE_EXHAUSTED, e.category());
      assertEquals(
          "cannot write the report: no space left on the disk of "
              + file
              + ". Free some space and try again; what was there before is unchanged.",
          e.getMessage());
      assertEquals("before", Files.readString(file));
      assertEquals(List.of(), unfinished(disk));

      ContentStore store = new ContentStore(disk.resolve("store"));
      String kept = store.put(utf8("kept"));
      assertEquals(
          Category.RESOURCE_EXHAUSTED,
          assertThrows(SlipstreamException.class, () -> store.put(new byte[2 << 20])).category());
      double[] large = new double[300_000];
      Arrays.setAll(large, i -> i);
      assertEquals(
          Category.RESOURCE_EXHAUSTED,
          assertThrows(SlipstreamException.class, () -> store.put(table(large))).category());
      assertArrayEquals(utf8("kept"), store.get(kept));
      Path table = disk.resolve("table");
      Schema schema = Schema.of(new Field("x", ColumnType.INT64));
      try (TableWriter writer = new TableWriter(table, schema, "", "")) {
        SlipstreamException while2 =
            assertThrows(
                SlipstreamException.class,
                () -> {
                  for (long i = 0; i < 300_000; i++) {
                    writer.column(0).addLong(i);
                  }
                  writer.finish().close(); // at the latest
                });
        assertEquals(Category.RESOURCE_EXHAUSTED, while2.category());
      }
      assertFalse(Files.exists(table));
      assertEquals(List.of(), unfinished(disk));
      store.put(utf8("room again")); // the failed attempts gave their space back
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void explainsFailures() throws IOException {
    Path missing = folder.resolve("missing");
    IOException e = assertThrows(IOException.class, () -> Files.readAllBytes(missing));
    assertEquals(
        "cannot read the model: there is no " + missing + ". Check the path.",
        AtomicFiles.explain("read the model", missing, e).getMessage());
    assertEquals(
        Category.UNAVAILABLE,
        AtomicFiles.explain("read", missing, new IOException("Input/output error")).category());
    assertEquals(
        Category.INVALID_INPUT,
        AtomicFiles.explain("write", missing, new java.nio.file.AccessDeniedException("x"))
            .category());
    assertEquals(
        Category.UNAVAILABLE, AtomicFiles.explain("w", missing, new IOException()).category());
  }
}
