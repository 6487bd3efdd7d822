package slipstream.cli.internal;

import java.io.PrintWriter;
import slipstream.core.Text;
import slipstream.proto.v1.Progress;

/**
 * Shows progress on the error stream: one line that rewrites itself on a terminal, a line per stage elsewhere.
 */
public final class ProgressLine {
  private static final int BAR = 24;

  private final PrintWriter err;
  private final boolean terminal;
  private String stage = "";
  private int width;

  public ProgressLine(PrintWriter err) {
    this.err = err;
    this.terminal = System.console() != null && System.console().isTerminal();
  }

  public void show(Progress progress) {
    if (terminal) {
      String line = describe(progress);
      err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
      err.flush();
    } else if (!progress.getStage().equals(stage)) {
      err.println("  " + progress.getStage());
      err.flush();
    }
    stage = progress.getStage();
  }

  /** Prints a line of its own. */
  public void message(String text) {
    clear();
    err.println(text);
    err.flush();
  }

  /** Removes the progress line. */
  public void clear() {
    if (terminal && width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      err.flush();
      width = 0;
    }
  }

  private static String describe(Progress progress) {
    StringBuilder line = new StringBuilder();
    if (progress.getTotal() > 0) {
      double share = Math.min(1, (double) progress.getDone() / progress.getTotal());
      int full = (int) Math.round(share * BAR);
      line.append("█".repeat(full)).append("░".repeat(BAR - full));
      line.append(Text.format(" %3.0f%%  ", share * 100));
    }
    line.append(progress.getStage());
    if (progress.getRate() > 0) {
      line.append("  ").append(rate(progress.getRate())).append(' ').append(progress.getUnit());
      line.append("/s");
    }
    if (progress.getTotal() > 0 && progress.getSecondsLeft() >= 1) {
      line.append("  ").append(Math.round(progress.getSecondsLeft())).append(" s left");
    }
    return line.toString();
  }

  private static String rate(double rate) {
    return rate >= 1e6
        ? Text.format("%.1f M", rate / 1e6)
        : rate >= 1e4 ? Text.format("%.0f k", rate / 1e3) : Text.format("%.0f", rate);
  }
}
