package slipstream.ui.workbench.internal;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.scene.control.Alert;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.scene.control.Dialog;
import javafx.scene.control.TextInputDialog;
import javafx.stage.FileChooser;
import javafx.stage.Stage;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.ThemeService;

/** Dialogs above the active window. */
final class FxDialogService implements DialogService {
  private final Supplier<Stage> owner;
  private final ThemeService themes;

  FxDialogService(Supplier<Stage> owner, ThemeService themes) {
    this.owner = owner;
    this.themes = themes;
  }

  @Override
  public void error(String title, String message) {
    Alert alert = new Alert(Alert.AlertType.ERROR, message, ButtonType.CLOSE);
    prepare(alert, title);
    alert.showAndWait();
  }

  @Override
  public Answer confirm(String title, String message, String yes, String no) {
    ButtonType yesType = new ButtonType(yes, ButtonBar.ButtonData.YES);
    Alert alert = new Alert(Alert.AlertType.CONFIRMATION, message, yesType);
    ButtonType noType = no == null ? null : new ButtonType(no, ButtonBar.ButtonData.NO);
    if (noType != null) {
      alert.getButtonTypes().add(noType);
    }
    alert.getButtonTypes().add(ButtonType.CANCEL);
    prepare(alert, title);
    ButtonType answer = alert.showAndWait().orElse(ButtonType.CANCEL);
    if (answer == yesType) {
      return Answer.YES;
    }
    return answer == noType && noType != null ? Answer.NO : Answer.CANCEL;
  }

  @Override
  public Optional<String> ask(String title, String message, String initial) {
    TextInputDialog dialog = new TextInputDialog(initial);
    dialog.setContentText(message);
    prepare(dialog, title);
    return dialog.showAndWait();
  }

  @Override
  public Optional<Path> chooseFile(String title, Path folder, List<String> extensions) {
    FileChooser chooser = chooser(title, folder);
    if (!extensions.isEmpty()) {
      chooser
          .getExtensionFilters()
          .add(new FileChooser.ExtensionFilter(String.join(", ", extensions), extensions));
    }
    return Optional.ofNullable(chooser.showOpenDialog(owner.get())).map(File::toPath);
  }

  @Override
  public Optional<Path> chooseTarget(String title, Path folder, String name) {
    FileChooser chooser = chooser(title, folder);
    chooser.setInitialFileName(name);
    return Optional.ofNullable(chooser.showSaveDialog(owner.get())).map(File::toPath);
  }

  private static FileChooser chooser(String title, Path folder) {
    FileChooser chooser = new FileChooser();
    chooser.setTitle(title);
    if (folder != null && Files.isDirectory(folder)) {
      chooser.setInitialDirectory(folder.toFile());
    }
    return chooser;
  }

  private void prepare(Dialog<?> dialog, String title) {
    dialog.setTitle(title);
    dialog.setHeaderText(title);
    dialog.setGraphic(null);
    Stage stage = owner.get();
    if (stage != null) {
      dialog.initOwner(stage);
    }
    themes.dress(dialog.getDialogPane().getScene());
  }
}
