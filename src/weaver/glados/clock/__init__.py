"""Clocks: the wall clock, and what ticks when bars end, in a backtest's time and in the world's."""
