"""A venue's account as Weaver trades it: its orders, each run's share of it, its limits, and looks at the venue."""
