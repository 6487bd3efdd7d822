package slipstream.tribuo;

import java.util.List;
import java.util.OptionalLong;
import org.tribuo.common.tree.TreeModel;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.rtree.CARTJointRegressionTrainer;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.BoostedTreesModel;

/**
 * Tribuo's regression tree (CART, Breiman et al. 1984), split where the squared error falls most. See
 * {@link TreeRows} for what it is given.
 */
public final class CartTrainer implements Trainer<CartParameters> {
  static final String NAME = "tribuo-cart";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Tribuo's regression tree (CART): a single tree.";
  }

  @Override
  public Class<CartParameters> parameters() {
    return CartParameters.class;
  }

  @Override
  public OptionalLong memory(CartParameters parameters, Size size) {
    return Footprint.trees(size);
  }

  @Override
  public Model train(TrainingData data, CartParameters parameters, Context context) {
    TreeRows rows = TreeRows.of(data, parameters.bins(), NAME, context);
    context.progress().stage("Tribuo CART", 0, -1, "");
    TreeModel<Regressor> grown =
        new CARTJointRegressionTrainer(
                parameters.depth(),
                parameters.minRowsToSplit(),
                (float) parameters.minGain(),
                1,
                false,
                new RunningError(context.progress()),
                false,
                context.seed())
            .train(rows.dataset());
    return BoostedTreesModel.of(
        NAME,
        data.features().names(),
        (float) rows.target().mean(),
        List.of(
            rows.tree(
                grown,
                1,
                data.features(),
                rows.standardTarget(data.target()),
                data.facts(),
                context)));
  }

  @Override
  public Model decode(byte[] bytes) {
    return BoostedTreesModel.decode(bytes, NAME);
  }
}
