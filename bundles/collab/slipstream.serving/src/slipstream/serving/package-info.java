/**
 * The services over HTTP, by the {@code google.api.http} annotations in {@code proto/}: {@link
 * slipstream.serving.PredictionServer} answers prediction requests.
 */
package slipstream.serving;
