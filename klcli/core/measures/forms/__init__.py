"""Fast forms of measures: by the compiled kernel, by products of matrices, by sums over pairs of rows."""
