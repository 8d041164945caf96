"""What samples say of the distributions that they were drawn from: tests, estimates, intervals."""
