package slipstream.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException.Category;

class SlipstreamExceptionTest {
  @Test
  void isOneLine() {
    assertEquals(
        "a.yaml:3:7: models.trees.depth: 0 is out of range. Allowed: 1 to 16.",
        SlipstreamException.invalid(
                "0 is out of range",
                new Place("a.yaml", 3, 7, "models.trees.depth"),
                "Allowed: 1 to 16.")
            .getMessage());
    assertEquals("bad", SlipstreamException.invalid("bad", "").getMessage());
    assertEquals("bad! Mend it.", SlipstreamException.invalid("bad!", "Mend it.").getMessage());
    assertEquals("a b. c", SlipstreamException.invalid("a\r\n  b", "c").getMessage());
    assertEquals("unknown. c", SlipstreamException.invalid(null, "c").getMessage());
    assertEquals("bad", SlipstreamException.invalid("bad", null).getMessage());
  }

  @Property(tries = 200)
  void isOneLineWhateverIsSaid(
      @ForAll String problem, @ForAll String remedy, @ForAll String file, @ForAll String key) {
    String line =
        SlipstreamException.invalid(problem, new Place(file, 1, 1, key), remedy).getMessage();
    assertFalse(
        line.chars().anyMatch(c -> c == '\n' || c == '\r' || c == '\u2028' || c == '\u0085'));
  }

  @Test
  void placesReadWell() {
    assertEquals("", new Place("", 0, 0, "").toString());
    assertEquals("f", Place.file("f").toString());
    assertEquals("f:3", new Place("f", 3, 0, "").toString());
    assertEquals("f:3: k", new Place("f", 3, 0, "k").toString());
    assertEquals("line 3:4: k", new Place("", 3, 4, "k").toString());
    assertEquals("k", Place.key("k").toString());
  }

  @Test
  void keepsCategoryAndCauseWhenPlaced() {
    SlipstreamException error = SlipstreamException.notFound("no such file", "Check it.");
    SlipstreamException placed = error.at(Place.key("data.path"));
    assertEquals(Category.NOT_FOUND, placed.category());
    assertEquals("no such file", placed.problem());
    assertEquals("Check it.", placed.remedy());
    assertEquals(error, placed.getCause());
    assertTrue(error.place().isEmpty());
  }

  @Test
  void exitCodesAreDistinctAndNeverZero() {
    int[] codes = Arrays.stream(Category.values()).mapToInt(Category::exitCode).toArray();
    assertEquals(codes.length, Arrays.stream(codes).distinct().count());
    assertTrue(Arrays.stream(codes).allMatch(code -> code > 1 && code < 256));
  }
}
