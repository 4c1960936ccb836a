"""Promotes runs: finds out what they have shown, and makes the next ones."""
