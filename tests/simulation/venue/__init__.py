"""The exchange of a simulation: its market, what it shows, and the line to it on which everything goes wrong."""
