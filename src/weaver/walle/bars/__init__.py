"""The bar store: Parquet files per symbol, timeframe and year, with imports, mending and candles."""
