"""Times as they are written, and the instants that they tell."""
