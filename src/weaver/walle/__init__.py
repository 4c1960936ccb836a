"""What is kept: reading market data files, and the bar store."""
