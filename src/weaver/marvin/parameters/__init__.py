"""What a strategy can be set to: declared in its class, validated, converted."""
