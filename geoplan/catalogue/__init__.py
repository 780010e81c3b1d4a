"""A city's catalogue: layers, targets, units and standards, as its YAML files say."""

from geoplan.catalogue.load import check, load_city, schema
from geoplan.catalogue.models import (
    Boundary,
    City,
    Field,
    Layer,
    Measure,
    Status,
    Style,
    Unit,
    Value,
)
from geoplan.catalogue.targets import Filter, Period, Target, time_progress

__all__ = [
    "Boundary",
    "City",
    "Field",
    "Filter",
    "Layer",
    "Measure",
    "Period",
    "Status",
    "Style",
    "Target",
    "Unit",
    "Value",
    "check",
    "load_city",
    "schema",
    "time_progress",
]
