"""The house's exchange as a venue: on stored bars replayed, or on the live bars of another venue."""
