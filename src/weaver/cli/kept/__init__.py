"""Runs that are kept: read from the server or from the database."""
