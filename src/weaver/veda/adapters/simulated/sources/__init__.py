"""Where the simulated venue's bars and its time come from: stored bars replayed, or another venue's live bars."""
