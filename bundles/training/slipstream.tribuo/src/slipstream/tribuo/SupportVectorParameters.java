package slipstream.tribuo;

import org.tribuo.common.libsvm.KernelType;
import slipstream.core.parameters.Parameter;

/**
 * How a support vector machine is fitted.
 *
 * @param kernel of standardised features
 * @param cost of errors beyond {@code epsilon}
 * @param epsilon errors that cost nothing, in standard deviations of the target
 * @param gamma of the kernels rbf and polynomial; 0 for 1 / number of features that vary
 * @param degree of the polynomial kernel
 * @param tolerance where the solver stops
 * @param rows most training rows that are learned
 */
public record SupportVectorParameters(
    @Parameter(
            help = "What makes it nonlinear: rbf (smooth bumps), polynomial, or linear.",
            defaultValue = "rbf")
        Kernel kernel,
    @Parameter(
            help = "Cost of errors; larger fits closer and takes longer.",
            defaultValue = "1",
            min = 1e-9,
            max = 1e9)
        double cost,
    @Parameter(
            help =
                "Errors that cost nothing, in standard deviations of the target; larger keeps fewer"
                    + " support vectors.",
            defaultValue = "0.1",
            min = 0,
            max = 100)
        double epsilon,
    @Parameter(
            help =
                "Of kernels rbf and polynomial: larger is wigglier. 0 takes 1 / number of features.",
            defaultValue = "0",
            min = 0,
            max = 1e9)
        double gamma,
    @Parameter(
            help = "Degree of the polynomial kernel, (gamma x . y + 1)^degree.",
            defaultValue = "3",
            min = 1,
            max = 10)
        int degree,
    @Parameter(
            help = "Where the solver stops; smaller is more exact and takes longer.",
            defaultValue = "0.001",
            min = 1e-9,
            max = 1)
        double tolerance,
    @Parameter(
            help =
                "Most training rows that are learned, evenly spaced; time grows with their square.",
            unit = "rows",
            defaultValue = "10000",
            min = 1,
            max = 10_000_000)
        int rows) {
  /** Inner products of standardised features x and y. */
  public enum Kernel {
    /** exp(-gamma |x - y|²). */
    RBF,
    /** (gamma x . y + 1)^degree. */
    POLYNOMIAL,
    /** x . y. */
    LINEAR;

    KernelType type() {
      return switch (this) {
        case RBF -> KernelType.RBF;
        case POLYNOMIAL -> KernelType.POLY;
        case LINEAR -> KernelType.LINEAR;
      };
    }

    double of(double[] x, double[] y, double gamma, int degree) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        double term = this == RBF ? x[i] - y[i] : x[i];
        sum += term * (this == RBF ? term : y[i]);
      }
      return switch (this) {
        case RBF -> Math.exp(-gamma * sum);
        case POLYNOMIAL -> Math.pow(gamma * sum + 1, degree);
        case LINEAR -> sum;
      };
    }
  }
}
