"""Reports of six runs that are hard to draw, opened in a browser."""
