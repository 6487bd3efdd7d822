package slipstream.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A target file cannot name Maven's properties, so a version that both name must be kept alike. */
final class VersionsTest {
  private static Document parse(String file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Bundles.ROOT.resolve(file).toFile());
  }

  private static String text(Element element, String name) {
    return element.getElementsByTagName(name).item(0).getTextContent().strip();
  }

  @Test
  void theTargetPlatformAndThePomAgree() throws Exception {
    Element properties = (Element) parse("pom.xml").getElementsByTagName("properties").item(0);
    TreeMap<String, String> target = new TreeMap<>();
    NodeList dependencies =
        parse("target-platform/slipstream.target").getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      target.put(text(dependency, "artifactId"), text(dependency, "version"));
      assertEquals("jar", text(dependency, "type"));
    }
    assertTrue(target.size() > 40, "the target platform was read");
    Map.of("junit-jupiter-api", "junit.version", "junit-platform-launcher", "junit.version")
        .forEach(
            (artifact, property) ->
                assertEquals(
                    text(properties, property),
                    target.get(artifact),
                    artifact + " and " + property));
  }

  @Test
  void noVersionIsARangeOrASnapshot() throws Exception {
    NodeList versions = parse("target-platform/slipstream.target").getElementsByTagName("version");
    for (int i = 0; i < versions.getLength(); i++) {
      String version = versions.item(i).getTextContent();
      assertTrue(version.matches("[0-9][0-9A-Za-z.-]*") && !version.endsWith("-SNAPSHOT"), version);
    }
  }
}
