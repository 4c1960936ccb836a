"""The Alpaca adapter against the local exchange: faults, lost answers, keys, history."""
