"""Helpers that know nothing about distributions: registries, optional packages, arrays of other libraries."""
