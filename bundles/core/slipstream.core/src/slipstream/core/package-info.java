/** The words that everything else is said in. Depends on nothing but the JDK. */
package slipstream.core;
