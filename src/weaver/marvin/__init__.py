"""Marvin runs strategies: their parameters, series, signals and intents."""
