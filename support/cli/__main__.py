"""`python -m support.cli` is `acceptance`."""

from support.cli import main

main()
