"""Orders against bars: which get their turn, what fills, what it costs, and when the next can be touched."""
