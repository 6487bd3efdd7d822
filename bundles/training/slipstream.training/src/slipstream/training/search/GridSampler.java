package slipstream.training.search;

import java.util.List;

/** All configurations of a space that is counted, the last key's values running fastest. */
public final class GridSampler implements Sampler {
  private final Space space;

  /**
   * @throws IllegalArgumentException when an axis is not counted
   */
  public GridSampler(Space space) {
    for (Axis axis : space.axes()) {
      if (axis.levels() == 0) {
        throw new IllegalArgumentException("no grid over " + axis);
      }
    }
    this.space = space;
  }

  @Override
  public int size() {
    return (int) Math.min(Integer.MAX_VALUE, space.size());
  }

  @Override
  public double[] propose(int configuration, List<Observation> history) {
    double[] point = new double[space.dimensions()];
    long rest = configuration;
    for (int d = point.length - 1; d >= 0; d--) {
      int levels = space.axes().get(d).levels();
      point[d] = (rest % levels + 0.5) / levels;
      rest /= levels;
    }
    return point;
  }
}
