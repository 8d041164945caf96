"""Helpers that know nothing of distributions: registries, streams, files, progress, signals."""
