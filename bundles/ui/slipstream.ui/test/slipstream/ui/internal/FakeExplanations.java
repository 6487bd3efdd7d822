package slipstream.ui.internal;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.CurveBand;
import slipstream.proto.v1.ExplainPredictionsRequest;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.ExplanationMethod;
import slipstream.proto.v1.ExplanationsServiceGrpc;
import slipstream.proto.v1.GetCostCurveRequest;
import slipstream.proto.v1.GetInputRangesRequest;
import slipstream.proto.v1.GetPartialDependenceRequest;
import slipstream.proto.v1.InputRange;
import slipstream.proto.v1.InputRanges;
import slipstream.proto.v1.Interaction;
import slipstream.proto.v1.ListInteractionsRequest;
import slipstream.proto.v1.ListInteractionsResponse;
import slipstream.proto.v1.ListModelRowsRequest;
import slipstream.proto.v1.ListModelRowsResponse;
import slipstream.proto.v1.PartialDependence;
import slipstream.proto.v1.PredictedCurve;
import slipstream.proto.v1.ScoreLink;

/** Explains a linear model, 1 + 2 a - 3 b + 0.5 c, over 200 rows whose inputs are (n, 1, 4); the example is (1, 0, 2). */
public final class FakeExplanations extends ExplanationsServiceGrpc.ExplanationsServiceImplBase {
  private static final List<String> INPUTS = List.of("a", "b", "c");
  private static final double[] SLOPES = {2, -3, 0.5};

  /** What was asked for. */
  public final List<ExplainPredictionsRequest> asked = new CopyOnWriteArrayList<>();

  /** A problem that rows of data have; null for none. */
  public volatile RuntimeException noData;

  @Override
  public void explainPredictions(
      ExplainPredictionsRequest request, StreamObserver<ExplainPredictionsResponse> observer) {
    asked.add(request);
    double[] row = {1, 0, 2};
    long number = -1;
    if (request.getRowNumbersCount() > 0) {
      number = request.getRowNumbers(0);
      if (number >= 200) {
        observer.onError(new IllegalStateException("there is no row " + number));
        return;
      }
      row = new double[] {number, 1, 4};
    } else if (request.getRowsCount() > 0) {
      row = values(request.getRows(0));
    }
    Explanation.Builder one =
        Explanation.newBuilder()
            .setBaseValue(1)
            .setMethod(ExplanationMethod.EXPLANATION_METHOD_LINEAR)
            .setRowNumber(number);
    double score = 1;
    for (int f = 0; f < 3; f++) {
      double adds = Double.isNaN(row[f]) ? 0 : SLOPES[f] * row[f];
      score += adds;
      one.addContributions(
          Contribution.newBuilder()
              .setInput(INPUTS.get(f))
              .setUnit(f == 0 ? "bp" : "")
              .setValue(row[f])
              .setContribution(adds));
    }
    observer.onNext(
        ExplainPredictionsResponse.newBuilder()
            .setModel(request.getModel())
            .setTarget("impact")
            .setUnit("bp")
            .setLink(ScoreLink.SCORE_LINK_IDENTITY)
            .addExplanations(one.setScore(score).setPrediction(score))
            .build());
    observer.onCompleted();
  }

  private static double[] values(Struct row) {
    double[] values = new double[3];
    for (int f = 0; f < 3; f++) {
      Value value = row.getFieldsOrThrow(INPUTS.get(f));
      values[f] = value.hasNullValue() ? Double.NaN : value.getNumberValue();
    }
    return values;
  }

  @Override
  public void listModelRows(
      ListModelRowsRequest request, StreamObserver<ListModelRowsResponse> observer) {
    if (noData != null) {
      observer.onError(noData);
      return;
    }
    observer.onNext(
        ListModelRowsResponse.newBuilder().addAllInputs(INPUTS).setTotalRows(200).build());
    observer.onCompleted();
  }

  @Override
  public void getPartialDependence(
      GetPartialDependenceRequest request, StreamObserver<PartialDependence> observer) {
    List<Double> grid = new ArrayList<>(List.of(0.0, 1.0, 2.0));
    observer.onNext(
        PartialDependence.newBuilder()
            .setInput(request.getInput())
            .addAllGrid(grid)
            .addAllMean(grid)
            .setRows(200)
            .build());
    observer.onCompleted();
  }

  @Override
  public void listInteractions(
      ListInteractionsRequest request, StreamObserver<ListInteractionsResponse> observer) {
    observer.onNext(
        ListInteractionsResponse.newBuilder()
            .setRows(100)
            .addInteractions(Interaction.newBuilder().setFirst("a").setSecond("b").setSize(0.5))
            .build());
    observer.onCompleted();
  }

  /** What curves were asked for. */
  public final List<GetCostCurveRequest> curves = new CopyOnWriteArrayList<>();

  @Override
  public void getInputRanges(GetInputRangesRequest request, StreamObserver<InputRanges> observer) {
    if (noData != null) {
      observer.onError(noData);
      return;
    }
    observer.onNext(
        InputRanges.newBuilder()
            .setRows(500)
            .addRanges(
                InputRange.newBuilder().setInput("imbalance").setLow(0.1).setMedian(1).setHigh(10))
            .addRanges(
                InputRange.newBuilder()
                    .setInput("volatility")
                    .setUnit("bp")
                    .setLow(-1)
                    .setMedian(2)
                    .setHigh(5))
            .build());
    observer.onCompleted();
  }

  /** A straight line through 0 whose slope is the other input. */
  @Override
  public void getCostCurve(GetCostCurveRequest request, StreamObserver<PredictedCurve> observer) {
    curves.add(request);
    String other = request.getInput().equals("imbalance") ? "volatility" : "imbalance";
    double slope = request.getRow().getFieldsOrThrow(other).getNumberValue();
    PredictedCurve.Builder curve =
        PredictedCurve.newBuilder()
            .setModel(request.getModel())
            .setInput(request.getInput())
            .setTarget("impact")
            .setUnit("bp")
            .setLevel(0.8)
            .setBand(CurveBand.CURVE_BAND_QUANTILES);
    for (int i = 0; i < 3; i++) {
      double x = request.getFrom() + i * (request.getTo() - request.getFrom()) / 2;
      curve.addGrid(x).addPredicted(slope * x).addLow(slope * x - 1).addHigh(slope * x + 1);
    }
    observer.onNext(curve.build());
    observer.onCompleted();
  }
}
