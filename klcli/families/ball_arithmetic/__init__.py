"""Numbers that carry a bound of their own error, and functions of them."""
