"""JSON documents, streams and lines."""
