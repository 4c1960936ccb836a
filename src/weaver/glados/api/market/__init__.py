"""Market data: the catalogue, imports, instruments, candles."""
