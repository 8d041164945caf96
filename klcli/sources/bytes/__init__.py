"""Bytes of files, pipes and standard input: decompressed, decoded, read live."""
