"""`python -m weaver`: the command line."""

from weaver.cli import main

if __name__ == "__main__":
    main()
