"""Curves that look drawn by land and water rather than by a ruler."""

from __future__ import annotations

import numpy as np
import shapely

from geoplan.sample.plane import Floats


def rounded(points: Floats, times: int = 4, closed: bool = False) -> Floats:
    """Corners cut `times` times (Chaikin, 1974); the ends of an open line stay."""
    for _ in range(times):
        ring = np.vstack([points, points[:1]]) if closed else points
        a, b = ring[:-1], ring[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2] = 0.75 * a + 0.25 * b
        cut[1::2] = 0.25 * a + 0.75 * b
        points = cut if closed else np.vstack([points[:1], cut, points[-1:]])
    return points


def along(points: Floats, distances: Floats) -> Floats:
    """Points at the given distances (metres) along an open line of (n, 2) metres."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    return np.column_stack([np.interp(distances, at, points[:, k]) for k in (0, 1)])


def length(points: Floats) -> float:
    """Length in metres of an open line of (n, 2) metres."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def resampled(points: Floats, step_m: float) -> Floats:
    """The same line with a vertex about every `step_m` metres, ends kept."""
    total = length(points)
    count = max(2, round(total / step_m) + 1)
    return along(points, np.linspace(0, total, count))


def meandering(
    points: Floats, rng: np.random.Generator, amplitude_m: float, wave_m: float, step_m: float
) -> Floats:
    """The line swung to both sides by a few sine waves; the ends stay where they are."""
    line = resampled(points, step_m)
    s = np.linspace(0, length(line), len(line))
    sway = np.zeros(len(line))
    for share in (1.0, 0.55, 0.3):
        wave = wave_m * share * rng.uniform(0.8, 1.25)
        # Short waves are flatter than long ones, or the line would jitter where it should swing.
        sway += share**2 * np.sin(2 * np.pi * s / wave + rng.uniform(0, 2 * np.pi))
    fade = np.minimum(1, np.minimum(s, s[-1] - s) / max(wave_m, 1.0))
    swung: Floats = line + normals(line) * (amplitude_m * fade * sway / 1.4)[:, None]
    return swung


def normals(points: Floats) -> Floats:
    """Unit vectors to the left of the way, (n, 2)."""
    way = np.gradient(points, axis=0)
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    return np.column_stack([-way[:, 1], way[:, 0]])


def blob(
    rng: np.random.Generator, at: Floats, area_m2: float, corners: int = 9, roughness: float = 0.28
) -> shapely.Polygon:
    """A soft closed shape around (2,) `at` with exactly the area asked for."""
    turn = rng.uniform(0, 2 * np.pi)
    angles = turn + np.linspace(0, 2 * np.pi, corners, endpoint=False)
    angles += rng.uniform(-0.25, 0.25, corners) * 2 * np.pi / corners
    radii = 1 + roughness * rng.uniform(-1, 1, corners)
    stretch = rng.uniform(0.7, 1.0)
    shape = np.column_stack([np.cos(angles), stretch * np.sin(angles)]) * radii[:, None]
    lean = rng.uniform(0, np.pi)
    spin = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    polygon = shapely.Polygon(rounded(shape @ spin.T, 3, closed=True))
    scale = np.sqrt(area_m2 / polygon.area)
    return shapely.Polygon(shapely.get_coordinates(polygon) * scale + at)
