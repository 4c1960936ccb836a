"""The second engine: the fill rules once more, in plain loops over Decimals, sharing no code with Weaver."""
