"""What goes wrong in live trading: each thing that others reported, what Weaver does about it, and the tests of it."""
