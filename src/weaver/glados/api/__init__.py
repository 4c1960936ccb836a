"""The HTTP API: one file of handlers for each noun of its paths."""
