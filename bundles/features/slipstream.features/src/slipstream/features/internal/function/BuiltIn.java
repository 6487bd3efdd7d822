package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.FeatureFunction;

/** What the functions that ship have in common. */
public abstract class BuiltIn implements FeatureFunction {
  static final String PROPAGATES = "unknown where an argument is unknown";
  static final String WINDOW =
      "unknown where a value in the window is unknown, or fewer than n rows have been";
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
    return Argument.window(name, min);
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

  @Override
  public long lookBack(double[] constants) {
    return 0;
  }

  /** True when {@link #evaluate} reads the times; otherwise it may be given null for them. */
  public boolean usesTimes() {
    return false;
  }
}
