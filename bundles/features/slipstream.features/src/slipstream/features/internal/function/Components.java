package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;
import slipstream.features.internal.kernel.PrincipalComponents;

/** {@code pca(x…, k, window)}. */
public final class Components extends BuiltIn {
  private static final int MOST = 64;

  public Components() {
    super(
        "pca",
        List.of(
            Argument.seriesList("x"),
            new Argument("k", Kind.ROWS, 1, MOST, List.of(), false, null),
            Argument.window("window", 3)),
        new Documentation(
            "Score of principal component k (1 is the largest) of several series, with loadings"
                + " fitted on earlier rows only.",
            "sum over j of v[j] (x_j[t] - m[j]) / s[j]; m, s: mean and standard deviation, v:"
                + " eigenvector k of the correlation matrix, of the window that ends before the"
                + " block of t; blocks are tenths of a window, counted from the instrument's first"
                + " row. Of v and -v the first fit takes that with its largest loading above 0,"
                + " later ones that which agrees with the fit before. A series that does not vary"
                + " in the window counts as 0",
            "standard deviations",
            "unknown where a series is unknown or infinite, or fewer rows have been before the block"
                + " than the window counts. Rows with an unknown value are left out of the fit;"
                + " unknown where less than one more than there are series remain, or they have no"
                + " component k",
            "Jolliffe 2002, Principal Component Analysis; eigenvalues by Jacobi's method"));
  }

  @Override
  public Kernel bind(Constants constants) {
    int component = (int) constants.whole(0) - 1;
    return switch (constants.window(1)) {
      case Window.OfRows window ->
          lookingBack(
              Reach.ALL,
              (rows, series, result) ->
                  PrincipalComponents.byRows(
                      checked(series, component), component, rows.count(), window.rows(), result));
      case Window.OfTime window ->
          lookingBackInTime(
              Reach.ALL.plus(window.lookBack()),
              (rows, series, result) ->
                  PrincipalComponents.byTime(
                      checked(series, component),
                      component,
                      rows.times(),
                      rows.count(),
                      window.nanos(),
                      result));
    };
  }

  private static double[][] checked(double[][] series, int component) {
    if (component >= series.length || series.length > MOST) {
      throw SlipstreamException.invalid(
          Text.format("pca: component %d of %d series was asked for", component + 1, series.length),
          Text.format("Give at most %d series, and at least as many as k.", MOST));
    }
    return series;
  }
}
