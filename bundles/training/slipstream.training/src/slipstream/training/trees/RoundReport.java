package slipstream.training.trees;

/**
 * One point of the learning curve.
 *
 * @param round number of trees so far
 * @param trainLoss loss on all training rows, as the objective reports it (RMSE, MAE, mean Huber
 *     loss)
 * @param validationLoss the same on the validation rows; NaN without them
 */
public record RoundReport(int round, double trainLoss, double validationLoss) {}
