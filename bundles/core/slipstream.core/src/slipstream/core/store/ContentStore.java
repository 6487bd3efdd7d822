package slipstream.core.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import slipstream.core.SlipstreamException;
import slipstream.core.table.Table;
import slipstream.core.table.TableFiles;
import slipstream.core.table.TableWriter;

/**
 * Blobs and tables under their SHA-256, in a folder: {@code blobs/ab/abcdef…} and {@code tables/ab/abcdef…}.
 *
 * <p>Writing the same content twice stores it once. Safe for several threads and processes: files are renamed into
 * place whole, and never change.
 */
public final class ContentStore {
  private final Path root;

  public ContentStore(Path root) {
    this.root = root;
  }

  public Path root() {
    return root;
  }

  /** Stores bytes and returns their hash. */
  public String put(byte[] bytes) {
    String hash = Hashing.sha256(bytes);
    Path target = blobPath(hash);
    try {
      // A damaged file is replaced: storing again is what an error about it asks for.
      if (!Files.exists(target)
          || Files.size(target) != bytes.length
          || !Hashing.sha256(target).equals(hash)) {
        AtomicFiles.write(target, bytes);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("store", target, e);
    }
    return hash;
  }

  /**
   * The bytes of a hash, checked against it.
   *
   * @throws SlipstreamException NOT_FOUND, or CORRUPT when the bytes no longer have this hash
   */
  public byte[] get(String hash) {
    Path path = blobPath(hash);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      throw AtomicFiles.explain("read from the store", path, e);
    }
    if (!Hashing.sha256(bytes).equals(hash)) {
      throw SlipstreamException.corrupt(
          "stored file " + path + " is damaged: its checksum differs",
          "Make it again by running the experiment.");
    }
    return bytes;
  }

  /** Where a blob lies, whether or not it exists. */
  public Path blobPath(String hash) {
    return path("blobs", hash);
  }

  /** Stores a table and opens the stored one; the given table is closed. */
  public Table put(Table table) {
    Path target = tablePath(table.hash());
    try (table) {
      if (!usable(target)) {
        return TableWriter.write(table, target);
      }
    } catch (SlipstreamException e) {
      // Another thread or process may have stored the same content meanwhile.
      if (!(e.getCause() instanceof FileAlreadyExistsException)) {
        throw e;
      }
    }
    return Table.open(target);
  }

  /**
   * Moves a finished table folder into the store under its hash, without copying.
   *
   * @param folder a table written by {@link TableWriter} on the same file system
   */
  public Table adopt(Path folder) {
    String hash;
    try (Table table = Table.open(folder)) {
      hash = table.hash();
    }
    Path target = tablePath(hash);
    try {
      if (usable(target)) {
        AtomicFiles.deleteRecursively(folder);
      } else {
        Files.createDirectories(target.getParent());
        try {
          AtomicFiles.moveDirectory(folder, target);
        } catch (FileAlreadyExistsException e) {
          AtomicFiles.deleteRecursively(folder); // another thread or process was first
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("store the table", target, e);
    }
    return Table.open(target);
  }

  /** Whether a stored table is there and whole; a damaged one is taken out of the way. */
  private boolean usable(Path target) {
    if (!Files.exists(target)) {
      return false;
    }
    try {
      TableFiles.verify(target);
      return true;
    } catch (SlipstreamException e) {
      if (e.category() != SlipstreamException.Category.CORRUPT) {
        throw e;
      }
    }
    Path aside = target.resolveSibling(AtomicFiles.PREFIX + UUID.randomUUID());
    try {
      AtomicFiles.move(target, aside);
      AtomicFiles.deleteRecursively(aside);
    } catch (NoSuchFileException e) {
      return false; // another thread or process was first
    } catch (IOException e) {
      throw AtomicFiles.explain("replace the damaged table", target, e);
    }
    return false;
  }

  /** Records how a table grew; replaces what was recorded for it. */
  public void putLineage(String hash, Lineage lineage) {
    putLineage("lineage", hash, lineage);
  }

  /**
   * Records what a table was made into: content hash and rows of each instrument, as a lineage without new rows.
   *
   * @param key SHA-256 (hex) of what it was made from
   */
  public void putPrepared(String key, Lineage prepared) {
    putLineage("prepared", key, prepared);
  }

  /** What {@link #putPrepared} recorded. */
  public Optional<Lineage> prepared(String key) {
    return lineage("prepared", key);
  }

  private void putLineage(String folder, String hash, Lineage lineage) {
    Path file = path(folder, hash);
    try {
      AtomicFiles.write(file, lineage.encode());
    } catch (IOException e) {
      throw AtomicFiles.explain("store the lineage", file, e);
    }
  }

  /**
   * How a table grew out of an earlier one, if it did.
   *
   * @throws SlipstreamException CORRUPT when the record is damaged
   */
  public Optional<Lineage> lineage(String hash) {
    return lineage("lineage", hash);
  }

  private Optional<Lineage> lineage(String folder, String hash) {
    Path file = path(folder, hash);
    try {
      return Optional.of(Lineage.decode(Files.readAllBytes(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw AtomicFiles.explain("read the lineage", file, e);
    }
  }

  /**
   * Removes a table and frees its space. Whoever has it open keeps it until closing.
   *
   * @param lineage also what is known of how it grew
   */
  public void removeTable(String hash, boolean lineage) {
    Path table = tablePath(hash);
    try {
      if (Files.exists(table)) {
        Path aside = table.resolveSibling(AtomicFiles.PREFIX + UUID.randomUUID());
        Files.move(table, aside, StandardCopyOption.ATOMIC_MOVE);
        AtomicFiles.deleteRecursively(aside);
      }
      if (lineage) {
        Files.deleteIfExists(path("lineage", hash));
      }
    } catch (NoSuchFileException e) {
      return; // another thread or process was first
    } catch (IOException e) {
      throw AtomicFiles.explain("remove the table", table, e);
    }
  }

  /** Where a table lies, whether or not it exists. */
  public Path tablePath(String hash) {
    return path("tables", hash);
  }

  /** A folder on the store's file system for work in progress. */
  public Path scratch() {
    Path folder = root.resolve("scratch");
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFiles.explain("create", folder, e);
    }
  }

  private Path path(String kind, String hash) {
    if (!hash.matches("[0-9a-f]{64}")) {
      throw SlipstreamException.invalid("'" + hash + "' is not a SHA-256 in hex", "");
    }
    return root.resolve(kind).resolve(hash.substring(0, 2)).resolve(hash);
  }
}
