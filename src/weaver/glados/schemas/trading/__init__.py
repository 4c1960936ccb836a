"""What trades, on the wire: orders, accounts, positions, limits and the kill switch."""
