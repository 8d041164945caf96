"""What a user of Great Expectations writes: the KL divergence of each column from the histogram of a reference."""

import sys

import great_expectations as gx
import numpy
import pandas

reference, current = (pandas.read_parquet(path) for path in sys.argv[1:3])
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
batch = (
    context.data_sources.add_pandas("tables").add_dataframe_asset("current").add_batch_definition_whole_dataframe("all")
)
suite = context.suites.add(gx.ExpectationSuite(name="drift"))
for name in reference.columns:
    counts, edges = numpy.histogram(reference[name], bins=10)
    partition = {"bins": edges.tolist(), "weights": (counts / counts.sum()).tolist()}
    suite.add_expectation(
        gx.expectations.ExpectColumnKLDivergenceToBeLessThan(
            column=name, partition_object=partition, threshold=0.1, tail_weight_holdout=0.001,
            internal_weight_holdout=0.001,
        )
    )  # fmt: skip
validation = context.validation_definitions.add(gx.ValidationDefinition(name="drift", data=batch, suite=suite))
print(validation.run(batch_parameters={"dataframe": current}).success)
