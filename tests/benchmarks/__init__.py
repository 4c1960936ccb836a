"""How fast Weaver is: measured side by side with a bare Python loop and with its peers. `make bench`."""
