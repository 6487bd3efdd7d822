package slipstream.tribuo;

import com.oracle.labs.mlrg.olcut.util.Pair;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;
import org.tribuo.math.neighbour.NeighboursQuery;
import org.tribuo.math.neighbour.kdtree.KDTreeFactory;
import slipstream.core.model.ModelBytes;
import slipstream.tribuo.NearestNeighboursParameters.Metric;

/** Training rows, and the k-d tree that finds the nearest ones. */
final class NearestNeighboursModel extends StandardisedModel {
  private static final String MAGIC = "SLIPNEAR";

  private final int neighbours;
  private final Metric metric;
  private final double[][] rows; // standardised
  private final double[] target; // standardised
  private final double[] weights; // null for equal ones
  private final NeighboursQuery tree;

  NearestNeighboursModel(
      Standardisation standardisation,
      int neighbours,
      Metric metric,
      double[][] rows,
      double[] target,
      double[] weights) {
    super(standardisation, MAGIC);
    this.neighbours = neighbours;
    this.metric = metric;
    this.rows = rows;
    this.target = target;
    this.weights = weights;
    SGDVector[] vectors = new SGDVector[rows.length];
    for (int i = 0; i < rows.length; i++) {
      vectors[i] = DenseVector.createDenseVector(rows[i]);
    }
    tree = new KDTreeFactory(metric.distance(), 1).createNeighboursQuery(vectors);
  }

  @Override
  public String trainer() {
    return NearestNeighboursTrainer.NAME;
  }

  /** The plain mean where none of the neighbours has weight. */
  @Override
  double value(double[] row) {
    double sum = 0;
    double weight = 0;
    double plain = 0;
    int count = Math.min(neighbours, rows.length); // Tribuo would give nothing for the others
    for (Pair<Integer, Double> each : tree.query(DenseVector.createDenseVector(row), count)) {
      int at = each.getA();
      double of = weights == null ? 1 : weights[at];
      sum += of * target[at];
      weight += of;
      plain += target[at];
    }
    return weight > 0 ? sum / weight : plain / count;
  }

  @Override
  void write(ModelBytes.Writer out) {
    out.putInt(neighbours).putInt(metric.ordinal()).putInt(weights == null ? 0 : 1);
    out.putInt(rows.length);
    for (double[] row : rows) {
      out.putDoubles(row);
    }
    out.putDoubles(target);
    if (weights != null) {
      out.putDoubles(weights);
    }
  }

  static NearestNeighboursModel decode(byte[] bytes) {
    ModelBytes.Reader in = reader(bytes, MAGIC, NearestNeighboursTrainer.NAME);
    Standardisation standardisation = Standardisation.read(in);
    int neighbours = in.getInt();
    int metric = in.getInt();
    int weighted = in.getInt();
    if (neighbours < 1 || metric < 0 || metric >= Metric.values().length) {
      throw in.damaged("it asks " + neighbours + " neighbours by metric " + metric);
    }
    if (weighted != 0 && weighted != 1) {
      throw in.damaged("its flag of weights is " + weighted);
    }
    double[][] rows = new double[in.getCount(8 * standardisation.size() + 8)][];
    if (rows.length == 0) {
      throw in.damaged("it has no rows");
    }
    for (int i = 0; i < rows.length; i++) {
      rows[i] = in.getFinite(standardisation.size());
    }
    double[] target = in.getFinite(rows.length);
    double[] weights = weighted == 1 ? in.getFinite(rows.length) : null;
    for (int i = 0; weights != null && i < weights.length; i++) {
      if (weights[i] < 0) {
        throw in.damaged("a weight is " + weights[i]);
      }
    }
    in.end();
    return new NearestNeighboursModel(
        standardisation, neighbours, Metric.values()[metric], rows, target, weights);
  }
}
