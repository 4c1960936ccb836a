"""Veda trades on paper and live."""
