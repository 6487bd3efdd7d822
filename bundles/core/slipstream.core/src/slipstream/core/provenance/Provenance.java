package slipstream.core.provenance;

import java.util.SequencedMap;

/**
 * Where a model comes from: everything that decides its bytes, and nothing else.
 *
 * <p>It is part of the model archive, so it holds no times, threads or machine; those are in {@link
 * RunEnvironment}.
 *
 * @param experiment name of the experiment
 * @param experimentHash SHA-256 of the experiment's canonical text
 * @param dataHash content hash of the imported table
 * @param inputs content hashes of the tables that steps of the preparation read beside it, by the
 *     parameter that names them: {@code prepare[0].with}
 * @param featuresHash content hash of the table of features and targets
 * @param codeVersion version of Slipstream with its commit when known
 * @param plugins the importer, extractors, feature functions and trainer that were used, sorted:
 *     {@code importer.csv} → {@code slipstream.data 0.1.0}, who brought it and in which version
 * @param trainer name of the trainer
 * @param parameters the trainer's parameters, all of them, by name
 * @param seed of all randomness
 * @param trainingRows rows that the model was fitted on
 * @param search name of the search whose best configuration it is; empty when none chose its
 *     parameters
 */
public record Provenance(
    String experiment,
    String experimentHash,
    String dataHash,
    SequencedMap<String, String> inputs,
    String featuresHash,
    String codeVersion,
    SequencedMap<String, String> plugins,
    String trainer,
    SequencedMap<String, String> parameters,
    long seed,
    long trainingRows,
    String search) {}
