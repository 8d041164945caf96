"""The families, one or a few close kin in each file."""
