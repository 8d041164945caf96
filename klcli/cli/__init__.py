"""The command line: the group `kl` and its commands."""
