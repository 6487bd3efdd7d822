package slipstream.ui.internal.explorer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.welcome.WelcomeViewModel;
import slipstream.ui.workbench.TaskExecutor;

/** Explorer and welcome page without a toolkit. */
final class ExplorerViewModelTest {
  @Test
  void theExampleComesIntoTheWorkspaceOnce() throws Exception {
    try (FakeServices fake = new FakeServices(0)) {
      Services services = new Services(fake::channel, () -> false);
      TaskExecutor executor = TaskExecutor.currentThread();
      ExplorerViewModel explorer = new ExplorerViewModel(services, executor);
      explorer.refresh();
      assertTrue(explorer.isEmpty());
      assertTrue(explorer.loadedProperty().get());

      WelcomeViewModel welcome = new WelcomeViewModel(services, executor);
      welcome.load();
      List<String> opened = new ArrayList<>();
      welcome.open(welcome.examples().getFirst(), opened::add);
      fake.experiments().compute("btc-trade-impact", (name, text) -> text + "# mine\n");
      welcome.open(welcome.examples().getFirst(), opened::add);
      assertEquals(List.of("btc-trade-impact", "btc-trade-impact"), opened);
      assertTrue(
          fake.experiments().get("btc-trade-impact").endsWith("# mine\n"),
          "what a person wrote is not overwritten");

      explorer.refresh();
      assertEquals(1, explorer.experiments().size());
      explorer.duplicate(
          explorer.experiments().getFirst().experiment(),
          opened::add,
          problem -> {
            throw new AssertionError(problem);
          });
      assertTrue(
          fake.experiments().get("btc-trade-impact-copy").contains("name: btc-trade-impact-copy"));
      explorer.delete(
          "btc-trade-impact",
          () -> {},
          problem -> {
            throw new AssertionError(problem);
          });
      assertEquals(
          List.of("btc-trade-impact-copy"),
          explorer.experiments().stream().map(e -> e.name()).toList());
      assertFalse(explorer.somethingRuns());
    }
  }
}
