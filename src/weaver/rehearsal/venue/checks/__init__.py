"""Which orders are refused, and why: rules, flags, wash trades, what the account has left."""
