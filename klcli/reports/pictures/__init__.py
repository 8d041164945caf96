"""Pictures as text and fractions of an axis: results in, numbers out, without markup, colour or size in pixels."""
