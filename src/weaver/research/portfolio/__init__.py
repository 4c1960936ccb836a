"""Several backtests as one account: weights, rebalancing, and what each of them adds."""
