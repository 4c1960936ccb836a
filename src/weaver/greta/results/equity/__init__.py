"""Equity at each row of a run: which rows there are, and their values where they are known by pieces."""
