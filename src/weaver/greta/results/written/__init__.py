"""A result written down: as JSON, its rows as tables of HTML."""
