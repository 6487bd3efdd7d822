package slipstream.training.parametric;

import java.util.List;
import java.util.Map;

/** What the parameters of all parametric trainers have in common. */
interface FitParameters {
  /** Features that are added, each with a coefficient of its name. */
  List<String> linear();

  /** Whether a constant is added. */
  boolean intercept();

  /** Values of coefficients that are given. */
  Map<String, String> fixed();

  /** Ranges of coefficients: {@code 0.2..0.8}, an end left out is unbounded. */
  Map<String, String> bounds();

  Loss loss();

  int starts();

  double confidence();

  /** The values that the data were made with, by coefficient, where they are known. */
  Map<String, String> truth();
}
