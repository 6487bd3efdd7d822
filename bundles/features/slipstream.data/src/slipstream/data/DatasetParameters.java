package slipstream.data;

import slipstream.core.parameters.Parameter;

/** Which dataset is read. */
public record DatasetParameters(
    @Parameter(help = "The name of a dataset of the workspace: slipstream datasets.") String name,
    @Parameter(
            help = "Which version of it, from 1 on; 0 for the newest.",
            defaultValue = "0",
            min = 0)
        int version) {}
