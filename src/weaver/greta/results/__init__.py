"""The figures of a finished run: curve, statistics, trades, tables, JSON."""
