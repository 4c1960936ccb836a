"""The event stream: its frames, who hears them, and how they are sent."""
