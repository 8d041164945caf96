"""Sums over outcomes in C, for the usual measures: compiled where there is a compiler, and never needed."""
