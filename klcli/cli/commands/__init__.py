"""Subcommands: one file each, with its options, one call, one report and one exit code."""
