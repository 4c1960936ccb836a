"""Whole runs on published and real prices."""
