"""Named SQL blocks, loaded once.

A file holds blocks that each begin with a line `-- name: block_name`. Parameters are
`%(name)s`; identifiers never come from outside the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: ([a-z][a-z0-9_]*)\s*$", re.MULTILINE)


def parse_blocks(text: str) -> Mapping[str, LiteralString]:
    """The blocks of a file's text by name. Raises ValueError when a name stands twice."""
    parts = _NAME.split(text)
    blocks: dict[str, LiteralString] = {}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        if name in blocks:
            raise ValueError(f"SQL block {name} stands twice")
        # Files of the package are as trusted as its code; nothing from outside is ever read here.
        blocks[name] = cast("LiteralString", body.strip())
    return blocks


@cache
def load_blocks(path: Path) -> Mapping[str, LiteralString]:
    """The named blocks of one .sql file."""
    return parse_blocks(path.read_text(encoding="utf-8"))


def queries(name: str) -> Mapping[str, LiteralString]:
    """The blocks of `store/sql/<name>.sql`."""
    return load_blocks(Path(__file__).parent / "sql" / f"{name}.sql")
