"""Counted numbers: exact amounts, ratios, scales and how they are rounded."""
