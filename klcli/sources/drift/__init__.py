"""Settings of `kl drift`."""
