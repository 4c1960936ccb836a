"""Many paper runs for a simulated month, with faults of the exchange and restarts of the server."""
