package slipstream.ui.workbench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The only way to a modal dialog, so that view models can be tested with a fake. UI thread only. */
public interface DialogService {
  /** An answer of {@link #confirm}. */
  enum Answer {
    YES,
    NO,
    CANCEL
  }

  /** Tells of an error: what was wrong and what to do. */
  void error(String title, String message);

  /**
   * Asks a question.
   *
   * @param yes label of the affirmative button, a verb
   * @param no label of the negative button, or {@code null} when there is only "Cancel"
   */
  Answer confirm(String title, String message, String yes, String no);

  /** Asks for one line of text. */
  Optional<String> ask(String title, String message, String initial);

  /**
   * Asks for an existing file.
   *
   * @param extensions patterns as {@code *.csv}
   */
  Optional<Path> chooseFile(String title, Path folder, List<String> extensions);

  /** Asks where to save a file. */
  Optional<Path> chooseTarget(String title, Path folder, String name);
}
