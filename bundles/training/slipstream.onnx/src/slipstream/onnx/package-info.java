/** Export to ONNX and its check by ONNX Runtime. */
package slipstream.onnx;
