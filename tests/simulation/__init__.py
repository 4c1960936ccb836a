"""Veda as a whole, run from a seed: time, chance, the venue and the database are the simulation's."""
