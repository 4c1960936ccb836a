"""Market data files and frames, from whatever vendor, as checked bars."""
