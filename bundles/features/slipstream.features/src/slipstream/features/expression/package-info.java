/** The expression language: its parser and syntax tree. */
package slipstream.features.expression;
