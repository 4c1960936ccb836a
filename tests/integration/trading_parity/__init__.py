"""A paper run on a replay makes the decisions, the fills and the equity of a backtest on the same bars."""
