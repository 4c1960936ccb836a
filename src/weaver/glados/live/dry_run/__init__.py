"""What would become of orders that are only looked at."""
