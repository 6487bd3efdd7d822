/**
 * The services of {@code proto/slipstream/v1}, in this process.
 *
 * <p>{@link slipstream.services.LocalServices} is the way in: it opens a workspace and gives a gRPC channel to it. {@link
 * slipstream.services.StatusMapping} turns failed calls back into errors that a user can read.
 */
package slipstream.services;
