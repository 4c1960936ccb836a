"""The house, counted: how full its rooms are, how long files and functions, where imports run in circles."""
