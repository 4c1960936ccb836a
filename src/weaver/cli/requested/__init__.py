"""A run that `weaver trade` asks for: its strategy, the bars that it replays, and its request."""
