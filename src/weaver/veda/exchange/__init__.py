"""What a venue is to Veda: the port of every adapter, and what a venue says, as values."""
