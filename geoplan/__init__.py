"""geoplan: the planning map service of a city."""

__version__ = "0.1.0"
