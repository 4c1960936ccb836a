"""Runs on paper and live: what a strategy is given at each tick, what it decided, and how it goes on after a crash."""
