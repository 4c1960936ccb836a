"""Orders that people place: as they fill them in, and how they are carried out."""
