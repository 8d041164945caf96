"""Pictures drawn as lines of characters for a terminal, and as a Figure of matplotlib."""
