"""Orders carried out at a venue: written down before they are sent, followed until their fate is known."""
