"""What the exchange and the books say when all is over, and what must be true of both."""
