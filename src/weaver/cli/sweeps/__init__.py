"""Commands that run a strategy many times: sweeps and walk-forwards, and what they show."""
