"""Making a run of another one, nearer to the market: what that one must have shown, and what is different then."""
