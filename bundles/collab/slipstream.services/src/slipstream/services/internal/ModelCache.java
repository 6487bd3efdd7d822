package slipstream.services.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import slipstream.core.SlipstreamException;
import slipstream.core.model.ModelArchive;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.services.internal.Pipeline.LoadedModel;
import slipstream.store.ModelRecord;
import slipstream.store.WorkspaceStore;

/**
 * Models ready to predict, by the hash of their archive.
 *
 * <p>A name is looked up at each use. An archive that is named by its path is read again only when its file changed.
 */
final class ModelCache {
  private static final int MODELS = 64;
  private static final int FILES = 1000;
  private static final long MAX_ARCHIVE = 1L << 31;

  /**
   * @param name in the workspace; for an archive, its file's name without extension
   */
  record Entry(String name, String hash, LoadedModel model) {}

  /** What tells that a file is the one that was read before. */
  record Stamp(long size, FileTime modified, Object key) {}

  private record Known(Stamp stamp, String hash) {}

  private final WorkspaceStore store;
  private final Supplier<PluginCatalog> plugins;
  private final Pipeline pipeline;
  private final Map<Path, Known> files = new ConcurrentHashMap<>();
  private final Map<String, LoadedModel> loaded =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LoadedModel> eldest) {
          return size() > MODELS;
        }
      };

  ModelCache(WorkspaceStore store, Supplier<PluginCatalog> plugins, Pipeline pipeline) {
    this.store = store;
    this.plugins = plugins;
    this.pipeline = pipeline;
  }

  /** True when a reference means a file rather than a name in the workspace. */
  static boolean isFile(String reference) {
    return reference.endsWith(ModelArchive.EXTENSION)
        || reference.indexOf('/') >= 0
        || reference.indexOf('\\') >= 0;
  }

  /**
   * A model by its name in the workspace or its archive's path.
   *
   * @throws SlipstreamException NOT_FOUND, or CORRUPT when the archive is damaged
   */
  Entry get(String reference) {
    if (reference.isBlank()) {
      throw SlipstreamException.invalid(
          "no model is named", "Give the name of a model in the workspace or an archive's path.");
    }
    if (isFile(reference)) {
      return ofFile(store.workspace().resolve(reference).normalize());
    }
    Optional<ModelRecord> record = store.models().find(reference);
    if (record.isEmpty()) {
      throw SlipstreamException.notFound(
          "there is no model '" + reference + "' in the workspace",
          "List the models, or give the path of an archive (*" + ModelArchive.EXTENSION + ").");
    }
    return new Entry(reference, record.get().hash(), load(record.get().hash(), reference));
  }

  private Entry ofFile(Path file) {
    String name = name(file);
    try {
      Stamp stamp = stamp(file);
      Known known = files.get(file);
      if (known != null && known.stamp.equals(stamp)) {
        LoadedModel model = find(known.hash);
        if (model != null) {
          return new Entry(name, known.hash, model);
        }
      }
      if (Files.isDirectory(file)) {
        throw SlipstreamException.invalid(file + " is a folder", "Name a model archive.");
      }
      if (stamp.size > MAX_ARCHIVE) {
        throw SlipstreamException.corrupt(file + " is too large for a model archive", "");
      }
      byte[] bytes = Files.readAllBytes(file);
      String hash = Hashing.sha256(bytes);
      LoadedModel model = load(hash, bytes, file.toString());
      if (files.size() >= FILES) {
        files.clear();
      }
      files.put(file, new Known(stamp, hash));
      return new Entry(name, hash, model);
    } catch (IOException e) {
      throw AtomicFiles.explain("read the model", file, e);
    }
  }

  static String name(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(ModelArchive.EXTENSION)
        ? name.substring(0, name.length() - ModelArchive.EXTENSION.length())
        : name;
  }

  static Stamp stamp(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  private LoadedModel load(String hash, String name) {
    LoadedModel model = find(hash);
    return model != null ? model : load(hash, store.content().get(hash), name);
  }

  /** The model of an archive's bytes. */
  LoadedModel load(String hash, byte[] archive, String name) {
    LoadedModel model = pipeline.load(archive, name, plugins.get(), store.content());
    synchronized (loaded) {
      loaded.putIfAbsent(hash, model);
      return loaded.get(hash);
    }
  }

  private LoadedModel find(String hash) {
    synchronized (loaded) {
      return loaded.get(hash);
    }
  }
}
