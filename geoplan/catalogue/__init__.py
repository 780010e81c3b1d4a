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
from geoplan.catalogue.services import (
    Capacity,
    Category,
    CircleStandard,
    Service,
    ServiceStandard,
    Supply,
)
from geoplan.catalogue.targets import Filter, Period, Target, time_progress

__all__ = [
    "Boundary",
    "Capacity",
    "Category",
    "CircleStandard",
    "City",
    "Field",
    "Filter",
    "Layer",
    "Measure",
    "Period",
    "Service",
    "ServiceStandard",
    "Status",
    "Style",
    "Supply",
    "Target",
    "Unit",
    "Value",
    "check",
    "load_city",
    "schema",
    "time_progress",
]
