"""Orders: what can be asked for, the order machine, the fill rules, and what a venue accepts."""
