package slipstream.core.parameters;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a component of a plug-in's parameter record.
 *
 * <p>The form in the workbench, the YAML schema, the proto description and the Python signature are all derived from
 * it. A component's name in files is its Java name in snake_case.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Parameter {
  /** One sentence for people: what it does, and what larger or smaller brings. */
  String help();

  /** {@code "bp"}, {@code "rows"}, {@code "s"} …; empty for a pure number or text. */
  String unit() default "";

  /** The value when none is given, as it would stand in the file; {@link #REQUIRED} for none. */
  String defaultValue() default REQUIRED;

  /** Smallest value allowed, for numbers. */
  double min() default Double.NEGATIVE_INFINITY;

  /** Largest value allowed, for numbers. */
  double max() default Double.POSITIVE_INFINITY;

  /** Words that a text is often one of, for completion; other texts are allowed. */
  String[] examples() default {};

  /** The default of a parameter that must be given. */
  String REQUIRED = "\0required";
}
