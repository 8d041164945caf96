"""Bytes of a source: files, pipes, standard input, decompression."""
