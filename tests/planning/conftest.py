"""Properties of this room: no time limit, as a kernel compiles at its first call."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("planning", deadline=None, max_examples=60)
settings.load_profile("planning")
