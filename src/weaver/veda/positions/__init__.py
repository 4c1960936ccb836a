"""What belongs to whom: each run's own account, its trades, and how all of them add up to the venue's."""
