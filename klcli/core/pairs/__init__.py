"""P and Q as one normalised pair: the quantities of both from which every measure is computed."""
