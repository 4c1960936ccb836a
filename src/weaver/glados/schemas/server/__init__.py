"""The server itself on the wire: health, settings, venues, signing in."""
