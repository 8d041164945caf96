"""Operands: the distribution or family that a word on the command line stands for."""
