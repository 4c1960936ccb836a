"""How fast and how steady the server trades, at a local exchange."""
