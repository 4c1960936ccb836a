"""The control plane: runs, clocks, routing, the HTTP API and its event stream."""
