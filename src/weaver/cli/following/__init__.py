"""A run that is followed in the terminal: its events as they come, what is shown of them, and how it is left."""
