/** Why a model predicts what it predicts: contributions, importance, dependence, interactions. */
package slipstream.training.explain;
