"""Strategies as files: found, read without running them, loaded, checked."""
