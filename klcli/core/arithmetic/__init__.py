"""Floating-point building blocks: compensated sums, extended range, series, softmax, work in parallel."""
