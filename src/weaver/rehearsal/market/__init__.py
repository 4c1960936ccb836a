"""The market: what trades, which bars it has had and will have, and how they become public."""
