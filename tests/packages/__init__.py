"""The wheel and the sdist, tried as somebody who has nothing else would: `make dist`."""
