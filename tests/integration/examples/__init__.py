"""The strategies of docs/examples: what their pages say of them, against hand arithmetic and other engines."""
