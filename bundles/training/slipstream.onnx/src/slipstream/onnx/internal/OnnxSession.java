package slipstream.onnx.internal;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

/** A model in ONNX Runtime, on the CPU. */
final class OnnxSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final int features;

  /**
   * @param features columns of a row
   * @param threads of ONNX Runtime's own
   */
  OnnxSession(byte[] model, int features, int threads) {
    this.features = features;
    try {
      environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "slipstream");
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        session = environment.createSession(model, options);
      }
    } catch (OrtException e) {
      throw refused(e);
    } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new SlipstreamException(
          Category.UNAVAILABLE,
          "ONNX Runtime does not start here, so the export cannot be checked",
          null,
          "Run on Linux x86-64 with a writable temporary folder.",
          e);
    }
  }

  private static SlipstreamException refused(OrtException e) {
    return new SlipstreamException(
        Category.INTERNAL,
        "ONNX Runtime refuses the exported model: " + e.getMessage(),
        null,
        "Nothing was written. Report this with the model file.",
        e);
  }

  /** Name and version of the runtime. */
  String runtime() {
    return "ONNX Runtime " + environment.getVersion();
  }

  /**
   * Runs rows, which are row-major.
   *
   * @return the first output, row-major
   */
  float[] run(double[] rowMajor, int rows) {
    return run(rowMajor, rows, 0);
  }

  /**
   * Runs rows, which are row-major.
   *
   * @param which of the model's outputs
   * @return that output, row-major
   */
  float[] run(double[] rowMajor, int rows, int which) {
    long[] shape = {rows, features};
    try (OnnxTensor input =
            OnnxTensor.createTensor(
                environment, DoubleBuffer.wrap(rowMajor, 0, rows * features), shape);
        OrtSession.Result result = session.run(Map.of(OnnxModels.INPUT, input))) {
      FloatBuffer values = ((OnnxTensor) result.get(which)).getFloatBuffer();
      float[] output = new float[values.remaining()];
      values.get(output);
      return output;
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw refused(e);
    }
  }
}
