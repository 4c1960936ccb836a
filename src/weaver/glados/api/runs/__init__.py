"""Runs and what they left behind: results, events, orders, fills."""
