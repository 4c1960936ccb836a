"""Runs on the wire: what they are asked for with, and what came of them."""
