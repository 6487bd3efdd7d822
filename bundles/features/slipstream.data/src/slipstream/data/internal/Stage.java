package slipstream.data.internal;

import slipstream.core.progress.Progress;

/** One piece of work to whoever waits for it, though it takes several steps: it goes from 0 to 100 % and never back. */
public final class Stage {
  private final String title;
  private final Progress progress;
  private double reached;

  public Stage(String title, Progress progress) {
    this.title = title;
    this.progress = progress;
  }

  /** What is done now, as a share of all. */
  synchronized void reach(double share) {
    reached = Math.clamp(share, reached, 1);
    progress.stage(title, Math.round(100 * reached), 100, "%");
  }

  /** A step of the work: from what is done now to this share of all. */
  synchronized Step to(double share) {
    return new Step(this, reached, share);
  }

  /** A step of a stage. */
  record Step(Stage stage, double from, double to) {
    void reach(double share) {
      stage.reach(from + (to - from) * share);
    }

    /** One of several equal parts of this step. */
    Step part(int index, int count) {
      double width = (to - from) / count;
      return new Step(stage, from + width * index, from + width * (index + 1));
    }
  }
}
