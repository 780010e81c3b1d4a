"""Colours that can be told apart, by people who see fewer of them too."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer

GROUND = ("#fbfaf6", "#ffffff")  # land on the map, paper in the panels
# Machado, Oliveira and Fernandes 2009, severity 1.0: what linear RGB becomes for protanopes,
# deuteranopes and tritanopes.
SIGHTS = np.array(
    [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.95047, 1, 1.08883])


def linear(color: str) -> NDArray[np.float64]:
    srgb = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    dark, light = sorted(float(linear(color) @ XYZ[1]) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def seen(color: str) -> NDArray[np.float64]:
    """CIELAB of a colour for each kind of sight, (4, 3)."""
    xyz = np.clip(SIGHTS @ linear(color), 0, 1) @ XYZ.T / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


def difference(one: Layer, other: Layer) -> float:
    """The smallest CIE76 difference between two layers' colours over all kinds of sight."""
    apart = seen(one.style.color) - seen(other.style.color)
    return float(np.linalg.norm(apart, axis=1).min())


def test_every_colour_stands_out_from_the_ground(city: City) -> None:
    for layer in city.layers.values():
        for ground in GROUND:
            assert contrast(layer.style.color, ground) >= 3, layer.id


def test_the_five_named_layers_are_told_apart_by_everyone(city: City) -> None:
    for one, other in combinations(list(city.layers.values())[:5], 2):
        assert difference(one, other) >= 15, (one.id, other.id)


@pytest.mark.parametrize("geometry", ["line", "polygon"])
def test_lines_and_areas_are_told_apart_by_colour(city: City, geometry: str) -> None:
    layers = [layer for layer in city.layers.values() if layer.geometry == geometry]
    assert len(layers) >= 2
    for one, other in combinations(layers, 2):
        assert difference(one, other) >= 10, (one.id, other.id)


def test_points_are_told_apart_by_symbol_or_colour(city: City) -> None:
    layers = [layer for layer in city.layers.values() if layer.geometry == "point"]
    for one, other in combinations(layers, 2):
        same = one.style.symbol == other.style.symbol
        assert not same or difference(one, other) >= 10, (one.id, other.id)
