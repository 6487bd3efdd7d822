package slipstream.core.spi;

/**
 * A coefficient of a fitted model.
 *
 * @param unit may be empty
 * @param standardError 0 for a coefficient that was given; NaN where it is not known, as at a bound
 * @param low lower end of the confidence interval; NaN where it is not known
 * @param high its upper end
 * @param truth the value that the data were made with, as the experiment says, or NaN
 */
public record Coefficient(
    String name,
    String unit,
    double estimate,
    double standardError,
    double low,
    double high,
    double truth) {}
