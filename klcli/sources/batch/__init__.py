"""The pairs of a batch: manifests, folders, settings."""
