"""What trades, by hand: orders, accounts, positions, limits and the kill switch."""
