"""Reports on matrices of divergences."""
