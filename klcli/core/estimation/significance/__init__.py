"""What chance explains of a difference: the test of P = Q, unseen labels, many tests at once."""
