"""What keeps trading within bounds: limits, the gate before every order, losses that halt, the kill switch."""
