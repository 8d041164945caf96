"""Helpers that know nothing about distributions: registries, streams, files, progress, signals."""
