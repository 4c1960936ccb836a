"""Runs on paper and live held against their records and their backtests."""
