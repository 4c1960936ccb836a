"""A kept result's large parts, each in its own format."""
