package slipstream.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md, said once. */
final class ArchitectureTest {
  private static void check(ArchRule rule) {
    rule.check(Bundles.classes());
  }

  private static DescribedPredicate<JavaClass> inBundles(String... bundles) {
    Set<String> set = Set.of(bundles);
    return DescribedPredicate.describe(
        "in " + String.join(", ", bundles),
        type -> Bundles.of(type).filter(set::contains).isPresent());
  }

  @Test
  void everyBundleHasAPlaceInTheOrder() {
    assertEquals(
        new TreeSet<>(Bundles.ORDER),
        Bundles.folders().keySet(),
        "a new bundle takes its place in Bundles.ORDER and in docs/architecture.md");
    for (JavaClass type : Bundles.classes()) {
      assertTrue(Bundles.of(type).isPresent(), () -> type.getName() + " is in no bundle's package");
    }
  }

  @Test
  void arrowsPointDown() {
    check(
        classes()
            .should(
                new ArchCondition<JavaClass>("use only bundles below their own") {
                  @Override
                  public void check(JavaClass type, ConditionEvents events) {
                    int own = Bundles.ORDER.indexOf(Bundles.of(type).orElseThrow());
                    for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
                      Optional<String> target = Bundles.of(arrow.getTargetClass());
                      boolean down = target.isEmpty() || Bundles.ORDER.indexOf(target.get()) >= own;
                      events.add(new SimpleConditionEvent(arrow, down, arrow.getDescription()));
                    }
                  }
                }));
  }

  @Test
  void manifestsPointDown() {
    Bundles.folders()
        .forEach(
            (bundle, folder) -> {
              for (String clause : Bundles.clauses(folder, "Require-Bundle")) {
                String required = clause.split(";")[0];
                if (Bundles.ORDER.contains(required)) {
                  assertTrue(
                      Bundles.ORDER.indexOf(required) > Bundles.ORDER.indexOf(bundle),
                      () -> bundle + " requires " + required + ", which is above it");
                }
              }
            });
  }

  @Test
  void internalPackagesStayInTheirBundle() {
    check(
        classes()
            .should(
                new ArchCondition<JavaClass>("leave the internal packages of others alone") {
                  @Override
                  public void check(JavaClass type, ConditionEvents events) {
                    Optional<String> own = Bundles.of(type);
                    for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
                      JavaClass target = arrow.getTargetClass();
                      boolean foreign =
                          Bundles.of(target).isPresent()
                              && !Bundles.of(target).equals(own)
                              && (target.getPackageName() + ".").contains(".internal.");
                      events.add(new SimpleConditionEvent(arrow, !foreign, arrow.getDescription()));
                    }
                  }
                }));
  }

  @Test
  void exportsAreVersionedAndNeverInternal() {
    Bundles.folders()
        .forEach(
            (bundle, folder) -> {
              for (String clause : Bundles.clauses(folder, "Export-Package")) {
                if (clause.contains("x-internal:=true") || clause.contains("x-friends:=")) {
                  continue;
                }
                assertTrue(
                    clause.contains(";version="),
                    () -> bundle + " exports " + clause + " unversioned");
                assertTrue(
                    !(clause.split(";")[0] + ".").contains(".internal."),
                    () -> bundle + " exports the internal package " + clause);
              }
            });
  }

  @Test
  void coreDependsOnTheJdkOnly() {
    check(
        classes()
            .that(inBundles("slipstream.core"))
            .should(onlyDependOnClassesThat(resideInAnyPackage("slipstream.core..", "java.."))));
  }

  @Test
  void textIsFormattedWithoutTheUsersLanguage() {
    check(
        noClasses()
            .should()
            .callMethod(String.class, "formatted", Object[].class)
            .orShould()
            .callMethod(String.class, "format", String.class, Object[].class)
            .orShould()
            .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
            .because("its digits differ from language to language; slipstream.core.Text's do not"));
  }

  @Test
  void javaFxIsForTheUiOnly() {
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.ui", "slipstream.ui.workbench")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "javafx..",
                    "com.sun.javafx..",
                    "atlantafx..",
                    "software.coley..",
                    "org.fxmisc..")));
  }

  @Test
  void theWorkbenchEngineKnowsNothingOfOurs() {
    check(
        classes()
            .that(inBundles("slipstream.ui.workbench"))
            .should(
                onlyDependOnClassesThat(
                    DescribedPredicate.not(resideInAPackage("slipstream.."))
                        .or(inBundles("slipstream.ui.workbench")))));
  }

  @Test
  void peopleActThroughTheServices() {
    check(
        noClasses()
            .that(inBundles("slipstream.ui", "slipstream.cli"))
            .should()
            .dependOnClassesThat(
                inBundles(
                    "slipstream.store",
                    "slipstream.onnx",
                    "slipstream.training",
                    "slipstream.features",
                    "slipstream.data")));
    check(
        noClasses()
            .that(inBundles("slipstream.ui"))
            .should()
            .dependOnClassesThat(inBundles("slipstream.cli")));
  }

  @Test
  void jdbcIsForTheStoreAndForDuckDbOnly() {
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.store", "slipstream.data")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.sql..", "javax.sql..", "org.h2..", "org.jdbi..")));
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.data")))
            .should()
            .dependOnClassesThat(resideInAPackage("org.duckdb..")));
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.store")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("org.h2..", "org.jdbi..", "org.flywaydb..", "com.zaxxer..")));
  }

  @Test
  void jettyIsForServingOnly() {
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.serving")))
            .should()
            .dependOnClassesThat(resideInAPackage("org.eclipse.jetty..")));
  }

  @Test
  void onnxRuntimeIsForTheExporterOnly() {
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.onnx")))
            .should()
            .dependOnClassesThat(resideInAPackage("ai.onnxruntime..")));
  }

  @Test
  void tribuoIsForItsTrainersOnly() {
    check(
        noClasses()
            .that(DescribedPredicate.not(inBundles("slipstream.tribuo")))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("org.tribuo..", "com.oracle.labs..", "libsvm..", "ml.dmlc..")));
  }

  @Test
  void nothingIsSerialisedByJava() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                DescribedPredicate.describe(
                    "serialise",
                    type ->
                        List.of(
                                ObjectInputStream.class.getName(),
                                ObjectOutputStream.class.getName())
                            .contains(type.getName())))
            // Generated messages answer Java's serialisation with a proxy; protobuf's own base
            // class asks for it.
            .as("no Java serialisation"));
  }
}
