"""Market data on the wire: the catalogue, imports and their jobs, instruments, candles."""
