"""What stands behind arguments and options: a backtest's options, files by name, corporate actions."""
