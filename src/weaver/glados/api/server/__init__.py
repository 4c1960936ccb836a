"""The server itself: health, metrics, settings, venues, signing in."""
