"""Runs: created, started, carried out, stopped, and what their record says of it."""
