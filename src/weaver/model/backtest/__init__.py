"""What a backtest can be asked for: its options, and what kinds of values they take."""
