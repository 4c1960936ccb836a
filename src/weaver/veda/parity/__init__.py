"""Whether a run did what its strategy does: replayed on what was recorded, and held against a backtest."""
