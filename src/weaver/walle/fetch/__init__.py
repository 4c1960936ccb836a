"""History from a venue into the bar store: page by page, kept on the way, gone on with where it was cut short."""
