package slipstream.training.parametric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.training.parametric.CostFormula.Term;

/** The published forms. Costs and volatilities share a unit, such as bp; sizes are positive. */
final class Formulas {
  private Formulas() {}

  /**
   * The formula that these words describe.
   *
   * @throws IllegalArgumentException when there is none
   */
  static CostFormula of(String kind, int[] inputs, List<String> options) {
    return switch (kind) {
      case SquareRoot.KIND -> new SquareRoot(inputs, options);
      case Almgren.KIND -> new Almgren(inputs, options);
      case IStar.KIND -> new IStar(inputs, options);
      case Invariance.KIND -> new Invariance(inputs, options);
      case Propagator.KIND -> new Propagator(inputs, options);
      case SizeCost.KIND -> new SizeCost(inputs, options);
      case LogLinear.KIND -> new LogLinear(inputs, options);
      case SymmetricImpact.KIND -> new SymmetricImpact(inputs, options);
      case WithLinear.KIND -> WithLinear.decode(inputs, options);
      default -> throw new IllegalArgumentException("there is no formula '" + kind + "'");
    };
  }

  private static void expect(boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("the formula's inputs or options do not fit");
    }
  }

  private static double log(double x) {
    return x > 0 ? StrictMath.log(x) : x == 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
  }

  /** x^p and its derivative by p for x ≥ 0; 0 at 0. */
  private static double power(double x, double p) {
    return x == 0 ? 0 : x > 0 ? StrictMath.pow(x, p) : Double.NaN;
  }

  private static double powerSlope(double x, double power) {
    return x == 0 ? 0 : power * log(x);
  }

  /**
   * Y σ (Q/V)^δ: the square-root law with a free exponent (Torre 1997; Tóth et al., Phys. Rev. X 2011). Inputs: σ, Q, V; or σ and
   * Q/V.
   */
  record SquareRoot(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "square-root";

    SquareRoot {
      expect((inputs.length == 2 || inputs.length == 3) && options.isEmpty());
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<Term> terms() {
      return List.of(Term.linear("y", 1), Term.between("delta", 0.5, 0.05, 2));
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double share = inputs.length == 3 ? x[1] / x[2] : x[1];
      double unit = x[0] * power(share, theta[1]);
      if (gradient != null) {
        gradient[0] = unit;
        gradient[1] = theta[0] * powerSlope(share, unit);
      }
      return theta[0] * unit;
    }
  }

  /**
   * Almgren, Thum, Hauptmann and Li, "Direct estimation of equity market impact" (Risk, July 2005): permanent impact I = σ γ T
   * (X/VT)^α (Θ/V)^δ; temporary impact σ η (X/VT)^β; the cost of an order is I/2 and the temporary impact. Inputs: σ, X, V
   * (a day), T (days), Θ (shares outstanding). Option: cost, permanent or temporary.
   */
  record Almgren(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "almgren";

    Almgren {
      expect(
          inputs.length == 5
              && options.size() == 1
              && List.of("cost", "permanent", "temporary").contains(options.getFirst()));
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<Term> terms() {
      Term gamma = Term.linear("gamma", 0.3);
      Term alpha = Term.between("alpha", 1, 0.1, 2);
      Term delta = Term.between("delta", 0.25, -1, 1);
      Term eta = Term.linear("eta", 0.1);
      Term beta = Term.between("beta", 0.6, 0.05, 2);
      return switch (options.getFirst()) {
        case "permanent" -> List.of(gamma, alpha, delta);
        case "temporary" -> List.of(eta, beta);
        default -> List.of(gamma, alpha, delta, eta, beta);
      };
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double rate = x[1] / (x[2] * x[3]);
      double turnover = x[4] / x[2];
      double value = 0;
      int at = 0;
      if (!options.getFirst().equals("temporary")) {
        double share = options.getFirst().equals("cost") ? 0.5 : 1;
        double unit = share * x[0] * x[3] * power(rate, theta[1]) * power(turnover, theta[2]);
        value = theta[0] * unit;
        if (gradient != null) {
          gradient[0] = unit;
          gradient[1] = powerSlope(rate, value);
          gradient[2] = powerSlope(turnover, value);
        }
        at = 3;
      }
      if (!options.getFirst().equals("permanent")) {
        double unit = x[0] * power(rate, theta[at + 1]);
        value += theta[at] * unit;
        if (gradient != null) {
          gradient[at] = unit;
          gradient[at + 1] = powerSlope(rate, theta[at] * unit);
        }
      }
      return value;
    }
  }

  /**
   * The I-Star model (Kissell and Malamut 2006; Kissell, "The science of algorithmic trading and portfolio management", 2013):
   * I* = a1 (Q/ADV)^a2 σ^a3, cost = b1 I* POV^a4 + (1 - b1) I*. Inputs: Q, ADV, σ (annual, a fraction), POV.
   */
  record IStar(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "i-star";

    IStar {
      expect(inputs.length == 4 && options.isEmpty());
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<Term> terms() {
      return List.of(
          Term.scale("a1", 700),
          Term.between("a2", 0.55, 0.05, 2),
          Term.between("a3", 0.7, 0, 2),
          Term.between("a4", 0.5, 0.05, 2),
          Term.between("b1", 0.9, 0, 1));
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double share = x[0] / x[1];
      double unit = power(share, theta[1]) * power(x[2], theta[2]);
      double instant = theta[0] * unit;
      double pace = power(x[3], theta[3]);
      double factor = theta[4] * pace + 1 - theta[4];
      double value = instant * factor;
      if (gradient != null) {
        gradient[0] = unit * factor;
        gradient[1] = powerSlope(share, value);
        gradient[2] = powerSlope(x[2], value);
        gradient[3] = instant * theta[4] * powerSlope(x[3], pace);
        gradient[4] = instant * (pace - 1);
      }
      return value;
    }
  }

  /**
   * Market microstructure invariance (Kyle and Obizhaeva, Econometrica 2016): cost in bp = σ/0.02 · (κ0 (W/W*)^(-1/3) + κI
   * (W/W*)^((2z-1)/3) (X/(0.01 V))^z), trading activity W = σ P V, W* = 0.02 · 40 · 10^6 USD; z = 1 is the linear form, z = 1/2 the
   * square-root form. Inputs: σ (a day, a fraction), X, V (shares a day), P.
   */
  record Invariance(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "invariance";
    private static final double BENCHMARK = 0.02 * 40 * 1e6;

    Invariance {
      expect(inputs.length == 4 && options.isEmpty());
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<Term> terms() {
      return List.of(
          Term.linear("kappa0", 5), Term.linear("kappa_i", 5), Term.between("z", 0.5, 0.1, 2));
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double activity = x[0] * x[3] * x[2] / BENCHMARK;
      double size = x[1] / (0.01 * x[2]);
      double z = theta[2];
      double scale = x[0] / 0.02;
      double spread = scale * power(activity, -1.0 / 3);
      double impact = scale * power(activity, (2 * z - 1) / 3) * power(size, z);
      if (gradient != null) {
        gradient[0] = spread;
        gradient[1] = impact;
        gradient[2] = size == 0 ? 0 : theta[1] * impact * (2 * log(activity) / 3 + log(size));
      }
      return theta[0] * spread + theta[1] * impact;
    }
  }

  /**
   * Transient impact (Bouchaud, Gefen, Potters and Wyart, Quantitative Finance 2004): the return of a bar is Γ Σ_k (G(k) - G(k-1))
   * x_(t-k), with G(-1) = 0 and x the signed, already concave flow k bars ago. Inputs: x_t, x_(t-1), … Option: {@code exponential}, G(k)
   * = φ^k, or {@code power}, G(k) = (1 + k)^(-γ).
   */
  record Propagator(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "propagator";

    Propagator {
      expect(
          inputs.length >= 2
              && options.size() == 1
              && List.of("exponential", "power").contains(options.getFirst()));
    }

    @Override
    public String kind() {
      return KIND;
    }

    private boolean exponential() {
      return options.getFirst().equals("exponential");
    }

    @Override
    public List<Term> terms() {
      return List.of(
          Term.linear("gamma", 1),
          exponential() ? Term.between("phi", 0.5, 0, 1) : Term.between("decay", 0.5, 0, 3));
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double sum = x[0];
      double slope = 0;
      double before = 1;
      double beforeSlope = 0;
      double p = theta[1];
      for (int k = 1; k < inputs.length; k++) {
        double kernel;
        double kernelSlope;
        if (exponential()) {
          kernel = before * p;
          kernelSlope = beforeSlope * p + before;
        } else {
          double log = StrictMath.log1p(k);
          kernel = StrictMath.exp(-p * log);
          kernelSlope = -log * kernel;
        }
        sum += (kernel - before) * x[k];
        slope += (kernelSlope - beforeSlope) * x[k];
        before = kernel;
        beforeSlope = kernelSlope;
      }
      if (gradient != null) {
        gradient[0] = sum;
        gradient[1] = theta[0] * slope;
      }
      return theta[0] * sum;
    }
  }

  /**
   * c0 + c1/S + c2 ln S + c3 S + c4 S²: the cost of a corporate bond trade of size S (Edwards, Harris and Piwowar, Journal of Finance
   * 2007). Input: S > 0.
   */
  record SizeCost(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "size-cost";

    SizeCost {
      expect(inputs.length == 1 && options.isEmpty());
    }

    @Override
    public boolean hasConstant() {
      return true;
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public List<Term> terms() {
      return List.of(
          Term.linear("c0"),
          Term.linear("c1"),
          Term.linear("c2"),
          Term.linear("c3"),
          Term.linear("c4"));
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double size = x[0];
      if (!(size > 0)) {
        return Double.NaN;
      }
      double log = StrictMath.log(size);
      if (gradient != null) {
        gradient[0] = 1;
        gradient[1] = 1 / size;
        gradient[2] = log;
        gradient[3] = size;
        gradient[4] = size * size;
      }
      return theta[0] + theta[1] / size + theta[2] * log + theta[3] * size + theta[4] * size * size;
    }
  }

  /**
   * ln y = g0 + Σ g_k ln x_k: half-spreads by duration, volume and volatility. Inputs: positive; names of their coefficients as
   * options.
   */
  record LogLinear(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "log-linear";

    LogLinear {
      expect(inputs.length >= 1 && options.size() == inputs.length);
    }

    @Override
    public boolean hasConstant() {
      return true;
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public boolean logarithmic() {
      return true;
    }

    @Override
    public List<Term> terms() {
      List<Term> terms = new ArrayList<>();
      terms.add(Term.linear("intercept"));
      options.forEach(name -> terms.add(Term.linear(name)));
      return terms;
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double sum = theta[0];
      if (gradient != null) {
        gradient[0] = 1;
      }
      for (int k = 0; k < inputs.length; k++) {
        if (!(x[k] > 0)) {
          return Double.NaN;
        }
        double log = StrictMath.log(x[k]);
        sum += theta[k + 1] * log;
        if (gradient != null) {
          gradient[k + 1] = log;
        }
      }
      return sum;
    }
  }

  /**
   * Linear cross-impact: the return of instrument i is Σ_j Λ_ij x_j, Λ symmetric. Inputs: the number i of the row's instrument from 0,
   * then every instrument's signed flow. Option: {@code symmetric}, whose coefficients are the entries of Λ, or {@code cholesky}, whose
   * coefficients are those of L in Λ = L Lᵀ, so that Λ is positive semidefinite; both by row, the lower triangle.
   */
  record SymmetricImpact(int[] inputs, List<String> options) implements CostFormula {
    static final String KIND = "cross-impact";

    SymmetricImpact {
      expect(
          inputs.length >= 2
              && options.size() == 1
              && List.of("symmetric", "cholesky").contains(options.getFirst()));
    }

    @Override
    public String kind() {
      return KIND;
    }

    int size() {
      return inputs.length - 1;
    }

    boolean cholesky() {
      return options.getFirst().equals("cholesky");
    }

    static int entry(int i, int j) {
      return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
    }

    @Override
    public List<Term> terms() {
      List<Term> terms = new ArrayList<>();
      String letter = cholesky() ? "l_" : "lambda_";
      for (int i = 0; i < size(); i++) {
        for (int j = 0; j <= i; j++) {
          terms.add(Term.linear(letter + (i + 1) + "_" + (j + 1), cholesky() && i == j ? 1 : 0));
        }
      }
      return terms;
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      int n = size();
      int i = (int) x[0];
      if (i != x[0] || i < 0 || i >= n) {
        return Double.NaN;
      }
      if (gradient != null) {
        Arrays.fill(gradient, 0);
      }
      double sum = 0;
      if (!cholesky()) {
        for (int j = 0; j < n; j++) {
          sum += theta[entry(i, j)] * x[j + 1];
          if (gradient != null) {
            gradient[entry(i, j)] = x[j + 1];
          }
        }
        return sum;
      }
      // (L Lᵀ x)_i = Σ_k L_ik z_k, z = Lᵀ x.
      for (int k = 0; k <= i; k++) {
        double z = 0;
        for (int j = k; j < n; j++) {
          z += theta[entry(j, k)] * x[j + 1];
        }
        double factor = theta[entry(i, k)];
        sum += factor * z;
        if (gradient != null) {
          gradient[entry(i, k)] += z;
          for (int j = k; j < n; j++) {
            gradient[entry(j, k)] += factor * x[j + 1];
          }
        }
      }
      return sum;
    }
  }

  /**
   * A formula with an intercept and linear terms added.
   *
   * @param names of the coefficients of the linear terms, which are those of the features
   */
  record WithLinear(CostFormula base, boolean intercept, int[] linear, List<String> names)
      implements CostFormula {
    static final String KIND = "with-linear";

    WithLinear {
      expect(linear.length == names.size());
      names = List.copyOf(names);
    }

    static CostFormula decode(int[] inputs, List<String> options) {
      expect(options.size() >= 4);
      boolean intercept = Boolean.parseBoolean(options.get(0));
      int added = Integer.parseInt(options.get(1));
      String kind = options.get(2);
      expect(added >= 0 && added <= inputs.length && options.size() >= 3 + added);
      List<String> names = options.subList(3, 3 + added);
      // The last option ends the list, so that an empty one is not lost.
      List<String> rest = options.subList(3 + added, options.size() - 1);
      CostFormula base = of(kind, Arrays.copyOf(inputs, inputs.length - added), List.copyOf(rest));
      return new WithLinear(
          base, intercept, Arrays.copyOfRange(inputs, inputs.length - added, inputs.length), names);
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public boolean logarithmic() {
      return base.logarithmic();
    }

    @Override
    public int[] inputs() {
      return IntStream.concat(Arrays.stream(base.inputs()), Arrays.stream(linear)).toArray();
    }

    @Override
    public List<String> options() {
      List<String> options = new ArrayList<>();
      options.add(Boolean.toString(intercept));
      options.add(Integer.toString(linear.length));
      options.add(base.kind());
      options.addAll(names);
      options.addAll(base.options());
      options.add("end");
      return options;
    }

    @Override
    public List<Term> terms() {
      List<Term> terms = new ArrayList<>(base.terms());
      if (intercept) {
        terms.add(Term.linear("intercept"));
      }
      names.forEach(name -> terms.add(Term.linear(name)));
      return terms;
    }

    @Override
    public double value(double[] x, double[] theta, double[] gradient) {
      double value = base.value(x, theta, gradient);
      int at = theta.length - linear.length;
      if (intercept) {
        value += theta[at - 1];
        if (gradient != null) {
          gradient[at - 1] = 1;
        }
      }
      int from = x.length - linear.length;
      for (int k = 0; k < linear.length; k++) {
        value += theta[at + k] * x[from + k];
        if (gradient != null) {
          gradient[at + k] = x[from + k];
        }
      }
      return value;
    }
  }
}
