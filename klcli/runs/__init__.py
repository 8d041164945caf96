"""Where the work of a batch is done: one pair, and many of them in processes."""
