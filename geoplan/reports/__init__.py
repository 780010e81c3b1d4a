"""What leaves as a file: tables as CSV, hexagons as GeoPackage."""

from geoplan.reports.geopackage import write_cells
from geoplan.reports.tables import csv_of

__all__ = ["csv_of", "write_cells"]
