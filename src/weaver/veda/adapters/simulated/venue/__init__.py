"""The simulated venue by itself: its orders, its rules, its account; no waiting, no clock."""
