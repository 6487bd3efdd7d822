/** The services of {@code proto/}, in this process. */
package slipstream.services;
