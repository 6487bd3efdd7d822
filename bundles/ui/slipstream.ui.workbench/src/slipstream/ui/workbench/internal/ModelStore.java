package slipstream.ui.workbench.internal;

import jakarta.annotation.PostConstruct;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.e4.ui.internal.workbench.E4Workbench;
import org.eclipse.e4.ui.internal.workbench.E4XMIResource;
import org.eclipse.e4.ui.internal.workbench.E4XMIResourceFactory;
import org.eclipse.e4.ui.internal.workbench.ModelAssembler;
import org.eclipse.e4.ui.internal.workbench.URIHelper;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.MApplicationElement;
import org.eclipse.e4.ui.model.application.commands.impl.CommandsPackageImpl;
import org.eclipse.e4.ui.model.application.impl.ApplicationPackageImpl;
import org.eclipse.e4.ui.model.application.ui.advanced.impl.AdvancedPackageImpl;
import org.eclipse.e4.ui.model.application.ui.basic.impl.BasicPackageImpl;
import org.eclipse.e4.ui.model.application.ui.impl.UiPackageImpl;
import org.eclipse.e4.ui.model.application.ui.menu.impl.MenuPackageImpl;
import org.eclipse.e4.ui.workbench.IModelResourceHandler;
import org.eclipse.emf.common.util.TreeIterator;
import org.eclipse.emf.common.util.URI;
import org.eclipse.emf.ecore.EObject;
import org.eclipse.emf.ecore.resource.Resource;
import org.eclipse.emf.ecore.resource.ResourceSet;
import org.eclipse.emf.ecore.resource.impl.ResourceSetImpl;
import org.eclipse.emf.ecore.util.EcoreUtil;

/**
 * Keeps the application model in the workspace as {@code .metadata/workbench.xmi}.
 *
 * <p>The file ends with an XML comment that names its format, the version of the model it was made from and a SHA-256
 * of all bytes before the comment. A file that does not match is set aside as {@code workbench.xmi.damaged} and the
 * default layout is used; so is one that an older product made from another model, since merging the two could leave
 * commands that no longer exist.
 */
final class ModelStore implements IModelResourceHandler {
  private static final String FORMAT = "slipstream-workbench/1";

  /** A larger file is no layout. */
  static final int MAX_BYTES = 16 << 20;

  private final Path file;
  private final URI defaultModel;
  private final String modelVersion;
  private final IEclipseContext context;
  private ResourceSet resources;
  private Resource resource;
  private byte[] lastSaved = {};
  private String notice;

  /**
   * @param file where the model is kept
   * @param defaultModel platform URI of the model that ships
   * @param modelVersion changes whenever the shipped model or a fragment changes
   */
  ModelStore(Path file, URI defaultModel, String modelVersion, IEclipseContext context) {
    this.file = file;
    this.defaultModel = defaultModel;
    this.modelVersion = modelVersion;
    this.context = context;
  }

  /** What a person should know about the load, or {@code null}. */
  String notice() {
    return notice;
  }

  @Override
  public Resource loadMostRecentModel() {
    resources = new ResourceSetImpl();
    resources
        .getResourceFactoryRegistry()
        .getExtensionToFactoryMap()
        .put(Resource.Factory.Registry.DEFAULT_EXTENSION, new E4XMIResourceFactory());
    Map<String, Object> packages = resources.getPackageRegistry();
    packages.put(ApplicationPackageImpl.eNS_URI, ApplicationPackageImpl.eINSTANCE);
    packages.put(CommandsPackageImpl.eNS_URI, CommandsPackageImpl.eINSTANCE);
    packages.put(UiPackageImpl.eNS_URI, UiPackageImpl.eINSTANCE);
    packages.put(MenuPackageImpl.eNS_URI, MenuPackageImpl.eINSTANCE);
    packages.put(BasicPackageImpl.eNS_URI, BasicPackageImpl.eINSTANCE);
    packages.put(AdvancedPackageImpl.eNS_URI, AdvancedPackageImpl.eINSTANCE);
    packages.put(
        org.eclipse.e4.ui.model.application.descriptor.basic.impl.BasicPackageImpl.eNS_URI,
        org.eclipse.e4.ui.model.application.descriptor.basic.impl.BasicPackageImpl.eINSTANCE);

    resource = restore();
    boolean initial = resource == null;
    if (initial) {
      resource = loadDefault();
      context.set(E4Workbench.NO_SAVED_MODEL_FOUND, Boolean.TRUE);
    }
    MApplication application = (MApplication) resource.getContents().getFirst();
    context.set(MApplication.class, application);
    ModelAssembler assembler = context.get(ModelAssembler.class);
    ContextInjectionFactory.invoke(assembler, PostConstruct.class, context);
    if (initial) {
      assembler.processModel(true);
    }
    // A restored model holds the fragments already: its version names them all. Merged again they
    // would replace what the
    // user has arranged, since "notexists" keeps the assembler from numbering an element anew, not
    // from replacing it.
    return resource;
  }

  private Resource restore() {
    if (!Files.exists(file)) {
      return null;
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is larger than " + (MAX_BYTES >> 20) + " MiB");
      }
      byte[] all = Files.readAllBytes(file);
      int end = trailerStart(all);
      String[] trailer =
          new String(all, end, all.length - end, StandardCharsets.UTF_8).strip().split("\\s+");
      if (trailer.length != 5 || !trailer[1].equals(FORMAT)) {
        throw new IOException("its last line does not name the format " + FORMAT);
      }
      byte[] body = Arrays.copyOf(all, end);
      if (!sha256(body).equals(trailer[3])) {
        throw new IOException("its checksum does not match");
      }
      if (!trailer[2].equals(modelVersion)) {
        setAside("outdated");
        notice = "The layout was reset because the product has changed since it was saved.";
        return null;
      }
      Resource loaded = resources.createResource(URI.createFileURI(file.toString()));
      loaded.load(new ByteArrayInputStream(body), resources.getLoadOptions());
      if (!(loaded.getContents().getFirst() instanceof MApplication application)
          || application.getChildren().isEmpty()) {
        resources.getResources().remove(loaded);
        throw new IOException("it describes no window");
      }
      return loaded;
    } catch (IOException | RuntimeException e) {
      setAside("damaged");
      notice =
          "The saved layout could not be read ("
              + e.getMessage()
              + "); it was kept as "
              + file.getFileName()
              + ".damaged and the default layout is used.";
      return null;
    }
  }

  private void setAside(String why) {
    try {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + "." + why),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      notice = "The saved layout " + file + " cannot be moved away: " + e.getMessage();
    }
  }

  private static int trailerStart(byte[] all) throws IOException {
    for (int i = all.length - 4; i >= 0 && i > all.length - 400; i--) {
      if (all[i] == '<' && all[i + 1] == '!' && all[i + 2] == '-' && all[i + 3] == '-') {
        return i;
      }
    }
    throw new IOException("it is truncated");
  }

  private Resource loadDefault() {
    Resource loaded = resources.getResource(defaultModel, true);
    String contributor = URIHelper.EMFtoPlatform(defaultModel);
    TreeIterator<EObject> all = EcoreUtil.getAllContents(loaded.getContents());
    while (contributor != null && all.hasNext()) {
      if (all.next() instanceof MApplicationElement element) {
        element.setContributorURI(contributor);
      }
    }
    return createResourceWithApp((MApplication) loaded.getContents().getFirst());
  }

  @Override
  public Resource createResourceWithApp(MApplication application) {
    Resource created = resources.createResource(URI.createFileURI(file.toString()));
    created.getContents().add((EObject) application);
    return created;
  }

  /** Writes the model when it differs from what was written last. */
  @Override
  public synchronized void save() throws IOException {
    MApplication application = (MApplication) resource.getContents().getFirst();
    if (application.getChildren().isEmpty()) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    resource.save(bytes, Map.of(E4XMIResource.OPTION_FILTER_PERSIST_STATE, Boolean.TRUE));
    byte[] body = bytes.toByteArray();
    if (Arrays.equals(body, lastSaved)) {
      return;
    }
    String trailer = "<!-- " + FORMAT + " " + modelVersion + " " + sha256(body) + " -->\n";
    Files.createDirectories(file.getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, body);
      write(channel, trailer.getBytes(StandardCharsets.UTF_8));
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    lastSaved = body;
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
