"""What the best of many trials is worth: figures that count how much was tried, all pure functions of returns."""
