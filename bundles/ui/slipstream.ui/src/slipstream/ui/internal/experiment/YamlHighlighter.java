package slipstream.ui.internal.experiment;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fxmisc.richtext.model.StyleSpans;
import org.fxmisc.richtext.model.StyleSpansBuilder;

/** Colours the words of an experiment's text. */
final class YamlHighlighter {
  private static final Pattern TOKENS =
      Pattern.compile(
          "(?<comment>(?<=^|\\s)#[^\\n]*)"
              + "|(?<string>(?<=^|[\\s\\[{,:(])(?:\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:''|[^'\\n])*'))"
              + "|(?<key>(?<=^|[\\s{,\\[-])[A-Za-z_][A-Za-z0-9_.-]*(?=:(?:\\s|$)))"
              + "|(?<number>(?<![A-Za-z0-9_])[-+]?\\d[\\d_]*(?:\\.\\d+)?(?:[eE][-+]?\\d+)?(?:ns|us|ms|s|m|h|d)?(?![A-Za-z0-9_]))"
              + "|(?<word>(?<![A-Za-z0-9_])(?:true|false|null)(?![A-Za-z0-9_]))"
              + "|(?<function>[A-Za-z_][A-Za-z0-9_]*(?=\\())"
              + "|(?<punctuation>[{}\\[\\],:|>-](?=\\s|$)|[{}\\[\\],])",
          Pattern.MULTILINE);
  private static final List<String> GROUPS =
      List.of("comment", "string", "key", "number", "word", "function", "punctuation");

  private YamlHighlighter() {}

  static StyleSpans<Collection<String>> spans(String text) {
    StyleSpansBuilder<Collection<String>> spans = new StyleSpansBuilder<>();
    Matcher matcher = TOKENS.matcher(text);
    int end = 0;
    while (matcher.find()) {
      spans.add(List.of(), matcher.start() - end);
      spans.add(List.of("yaml-" + group(matcher)), matcher.end() - matcher.start());
      end = matcher.end();
    }
    spans.add(List.of(), text.length() - end);
    return spans.create();
  }

  private static String group(Matcher matcher) {
    for (String group : GROUPS) {
      if (matcher.group(group) != null) {
        return group;
      }
    }
    throw new IllegalStateException();
  }
}
