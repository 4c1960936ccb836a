"""What a change makes of orders in the books: placed, followed, protected; rules on drafts, no waiting."""
