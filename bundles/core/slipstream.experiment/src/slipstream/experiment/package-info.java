/** Reading, checking and writing experiment files ({@code *.slip.yaml}). */
package slipstream.experiment;
