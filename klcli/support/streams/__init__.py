"""Standard streams, output files, colour and progress."""
