package slipstream.core.device;

/**
 * The scales of a round, powers of two: a gradient g becomes {@code rint(g * gradient)}, and likewise the others. They
 * are such that sums of absolute fixed-point values over all rows stay below 2^62 / 2^(bits of the number of rows), and
 * single values below 2^30.
 */
public record FixedPoint(double gradient, double hessian, double loss) {}
