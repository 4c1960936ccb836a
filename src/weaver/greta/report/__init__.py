"""The HTML report of a finished backtest."""
