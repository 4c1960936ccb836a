"""Orders as clients know them: their terms, their status, how they are kept and written."""
