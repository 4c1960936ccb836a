"""The exchange's account and orders: what it takes and refuses, and what each order's life looks like from outside."""
