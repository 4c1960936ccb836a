"""How live bars become ticks: what a run's strategy is given, when, and what it is given before its first tick."""
