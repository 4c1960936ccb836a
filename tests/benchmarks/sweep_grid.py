"""The grid of the sweep's contest: 200 pairs of averages."""

FASTS = tuple(range(5, 51, 5))
SLOWS = tuple(range(60, 251, 10))
PAIRS = tuple((fast, slow) for fast in FASTS for slow in SLOWS)
FEW = PAIRS[:: len(PAIRS) // 4]
"""For an engine that needs a second for each."""
CASH = 1_000_000
