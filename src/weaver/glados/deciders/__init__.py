"""Live strategies, each in a process of its own for as long as its run: their host, and how they are asked."""
