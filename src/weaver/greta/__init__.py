"""Greta backtests a strategy on stored bars."""
