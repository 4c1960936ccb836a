"""Commands that trade, on the running server: orders, accounts, positions, limits, the kill switch, venues."""
