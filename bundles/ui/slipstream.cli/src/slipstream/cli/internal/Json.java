package slipstream.cli.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintWriter;

/** Replies of the services as JSON, for {@code --json}: the proto's own mapping, one object a line. */
public final class Json {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace().alwaysPrintFieldsWithNoPresence();

  private Json() {}

  public static void print(MessageOrBuilder message, PrintWriter out) {
    try {
      out.println(PRINTER.print(message));
      out.flush();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
