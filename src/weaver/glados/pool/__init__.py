"""Processes that work for the server: backtests and readers of uploads, and how they are spoken to."""
