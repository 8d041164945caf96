"""The base classes of families: parameters and domains, binding of arguments, supports and tails."""
