"""Stand-ins for sources of history: real HTTP on loopback, to which the sources' own libraries talk."""
