"""Tables in memory, counted by numpy."""
