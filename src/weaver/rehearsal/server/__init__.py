"""One port for everything: who may ask, how often, what is written down, and what faults make of an answer."""
