"""`python -m earwitness`: the command line without its script."""

from earwitness.cli import main

if __name__ == "__main__":
    main()
