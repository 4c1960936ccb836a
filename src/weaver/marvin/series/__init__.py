"""What a strategy sees: bars, series on timelines, indicators, signals."""
