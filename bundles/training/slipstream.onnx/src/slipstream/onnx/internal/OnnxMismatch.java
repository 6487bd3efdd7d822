package slipstream.onnx.internal;

import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

/** A written file that is not the model. */
final class OnnxMismatch {
  private OnnxMismatch() {}

  static SlipstreamException of(String how) {
    return new SlipstreamException(
        Category.INTERNAL,
        "the exported ONNX file does not agree with the model: " + how,
        "Nothing was written. Export again; if it happens again, report it with the model file.");
  }
}
