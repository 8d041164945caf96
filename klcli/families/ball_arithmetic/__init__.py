"""Ball arithmetic: numbers with a bound on their error, and functions of them."""
