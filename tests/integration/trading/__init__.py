"""Paper trading as a whole: the real server against the local exchange, with whatever goes wrong switched on."""
