"""The account as a live strategy sees it: a fold of the inputs that it was given, and the curve that comes of it."""
