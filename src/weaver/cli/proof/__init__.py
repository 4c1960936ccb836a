"""Commands that show whether a run did what its code says, and take it further: replay, drift, promotion."""
