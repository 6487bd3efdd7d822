package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.Reach;

/** What the functions that ship have in common. */
public abstract class BuiltIn implements FeatureFunction {
  static final String PROPAGATES = "unknown where an argument is unknown";
  static final String WINDOW =
      "unknown where a value in the window is unknown, or fewer rows have been than it counts";
  static final String SHIFT = "unknown where a row it refers to is unknown or does not exist";

  private final String name;
  private final List<Argument> arguments;
  private final Documentation documentation;

  BuiltIn(String name, List<Argument> arguments, Documentation documentation) {
    this.name = name;
    this.arguments = arguments;
    this.documentation = documentation;
  }

  static Argument series(String name) {
    return Argument.series(name);
  }

  static Argument rows(String name, int min) {
    return Argument.rows(name, min);
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final List<Argument> arguments() {
    return arguments;
  }

  @Override
  public final Documentation documentation() {
    return documentation;
  }

  /** A kernel that looks back. */
  static Kernel lookingBack(Reach back, Kernel kernel) {
    return new Declared(back, Reach.NONE, false, kernel);
  }

  /** A kernel that looks back and reads the times. */
  static Kernel lookingBackInTime(Reach back, Kernel kernel) {
    return new Declared(back, Reach.NONE, true, kernel);
  }

  /** A kernel that looks ahead: for targets and givens. */
  static Kernel lookingAhead(Reach ahead, Kernel kernel) {
    return new Declared(Reach.NONE, ahead, false, kernel);
  }

  /** A kernel that looks ahead and reads the times: for targets and givens. */
  static Kernel lookingAheadInTime(Reach ahead, Kernel kernel) {
    return new Declared(Reach.NONE, ahead, true, kernel);
  }

  private record Declared(Reach lookBack, Reach lookAhead, boolean usesTimes, Kernel kernel)
      implements Kernel {
    @Override
    public void evaluate(Rows rows, double[][] series, double[] result) {
      kernel.evaluate(rows, series, result);
    }
  }
}
