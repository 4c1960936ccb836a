"""A strategy that is given its bars as they close: the same series, signals and callbacks, on columns that grow."""
