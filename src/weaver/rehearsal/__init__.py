"""The local stand-in for Alpaca's servers, on which a trader rehearses: `weaver simulate-exchange`."""
