package slipstream.ui.internal.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.Column;

final class CellTextTest {
  private static Column column(String type) {
    return Column.newBuilder().setName("x").setType(type).build();
  }

  private static String number(double value) {
    return CellText.text(column("FLOAT64"), Value.newBuilder().setNumberValue(value).build());
  }

  @Test
  void numbersKeepWhatTellsThemApart() {
    assertEquals("49.02", number(49.02));
    assertEquals("0.123457", number(0.12345678));
    assertEquals("−3.10", number(-3.1));
    assertEquals("0.00", number(0));
    assertEquals(
        "1,234,567",
        CellText.text(column("INT64"), Value.newBuilder().setNumberValue(1_234_567).build()));
    assertEquals(
        "–",
        CellText.text(
            column("FLOAT64"), Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()));
    assertEquals(
        "∞",
        CellText.text(column("FLOAT64"), Value.newBuilder().setStringValue("Infinity").build()));
  }

  @Test
  void timesHaveTheDigitsTheyNeed() {
    assertEquals("2024-03-01 14:30:00", CellText.time(Instant.parse("2024-03-01T14:30:00Z")));
    assertEquals(
        "2024-03-01 14:30:00.000000001",
        CellText.time(Instant.parse("2024-03-01T14:30:00.000000001Z")));
    assertEquals(
        "2024-03-01 14:30:00.250", CellText.time(Instant.parse("2024-03-01T14:30:00.25Z")));
  }

  @Test
  void timesArePeoplesTimes() {
    assertEquals(Optional.of(Instant.parse("2024-03-01T00:00:00Z")), RowsViewModel.time("2024-03"));
    assertEquals(
        Optional.of(Instant.parse("2024-03-01T14:30:00Z")),
        RowsViewModel.time(" 2024-03-01 14:30 "));
    assertEquals(
        Optional.of(Instant.parse("2024-03-01T13:30:00Z")),
        RowsViewModel.time("2024-03-01T14:30:00+01:00"));
    assertTrue(RowsViewModel.time("yesterday").isEmpty());
    assertTrue(RowsViewModel.time("2024-13-01").isEmpty());
  }
}
