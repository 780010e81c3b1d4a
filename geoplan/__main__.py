"""`python -m geoplan` is the command line."""

from geoplan.cli import main

main()
