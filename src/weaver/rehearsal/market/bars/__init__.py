"""Bars as columns: the trades they are made of, coarser ones, and those adjusted for splits and dividends."""
