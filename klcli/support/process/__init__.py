"""Signals, an orderly end, memory: what the process asks of the system."""
