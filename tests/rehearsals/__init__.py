"""A stand-in exchange for tests: time held, and bars made by hand."""
