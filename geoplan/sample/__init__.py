"""The synthetic city: people, streets and projects, written as users' files from a seed."""

from geoplan.sample.files import SampleFile
from geoplan.sample.make import make_sample

__all__ = ["SampleFile", "make_sample"]
