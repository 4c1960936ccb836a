"""Commands that trade, on the running server: orders, accounts, limits, the kill switch, venues."""
