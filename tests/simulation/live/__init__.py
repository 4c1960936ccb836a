"""A run that trades in a simulation: its strategy, what it is resumed by, and what must be true of it."""
