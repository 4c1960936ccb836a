"""`make siege`: attacks on a real server that are too heavy for `make test`, each a module with a function `attack`."""
