"""The page of the strategy API: what of Weaver is public, what its docstrings say, and examples of all of it."""
