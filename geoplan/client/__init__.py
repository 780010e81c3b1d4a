"""A running geoplan from Python: frames of what it holds, and maps for notebooks."""

from geoplan.client.client import Client
from geoplan.client.walk import Walk

__all__ = ["Client", "Walk"]
