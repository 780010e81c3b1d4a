"""The command line."""

from geoplan.cli.main import app, main

__all__ = ["app", "main"]
