"""What a trader should hear before believing a result."""
