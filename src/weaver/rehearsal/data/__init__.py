"""Market data over HTTP: bars, trades, quotes, the newest of each, snapshots, and corporate actions."""
