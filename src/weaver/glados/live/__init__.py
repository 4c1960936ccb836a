"""Runs on paper and live, as the run manager has them carried out."""
