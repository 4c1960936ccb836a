"""What is kept: a database of runs and events, and market data: its files, and the bar store."""
