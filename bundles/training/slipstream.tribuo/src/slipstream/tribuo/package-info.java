/**
 * Trainers of the library Tribuo (tribuo.org) as plug-ins. A model is stored as numbers of our own and predicts without
 * Tribuo, but for nearest neighbours; nothing that comes with a model is executed or deserialised by Java.
 */
package slipstream.tribuo;
