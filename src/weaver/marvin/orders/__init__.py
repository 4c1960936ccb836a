"""What a strategy does: intents become orders, whoever carries them out."""
