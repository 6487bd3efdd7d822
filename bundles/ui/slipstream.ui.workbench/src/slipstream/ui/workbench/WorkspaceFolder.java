package slipstream.ui.workbench;

import java.nio.file.Path;

/**
 * The folder that the workbench works in; in the application's context. The platform's own location tells it as a URL
 * that is not encoded, from which not every path can be read back.
 *
 * @param path absolute
 */
public record WorkspaceFolder(Path path) {}
