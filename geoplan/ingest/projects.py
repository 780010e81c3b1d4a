"""Names and numbers of projects: when two are the same, variants, or kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from geoplan.catalogue import City
from geoplan.catalogue.names import plain

SIMILAR = 85.0
"""Similarity of two names, in per cent of their letters, from which on they may be one."""

_LEAST = 3  # characters that must remain of a name without its prefix
_DIGITS = "零一二三四五六七八九"
_PHASE = re.compile(r"[(（\[]?第?([一二三四五六七八九十\d]{1,3})期(?:工程|项目)?[)）\]]?")
_WORKS = re.compile(
    r"[(（](?:新建|改建|扩建|改扩建|续建|在建|拟建)[)）]|(?:新建|改建|扩建|改扩建)?(?:建设)?(?:工程|项目)+$"
)
# A difference in one of these makes another project: numbers, letters, sides.
_TELLING = frozenset(
    "0123456789零一二三四五六七八九十百甲乙丙丁戊己庚辛东南西北中左右上下前后内外"
) | frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class ProjectName:
    """A name as it is compared: what remains without its phase and words for the works."""

    base: str
    phase: int | None


def prefixes_of(city: City) -> tuple[str, ...]:
    """What may stand before a project's name: province, city, units; the longest first."""
    names = {plain(name) for name in (*city.prefixes, *(unit.name.zh for unit in city.units))}
    return tuple(sorted(names, key=len, reverse=True))


def project_name(text: str | None, prefixes: Sequence[str] = ()) -> ProjectName | None:
    """The name as it is compared; None when nothing of it is left.

    prefixes  as `prefixes_of` says.
    """
    if not text:
        return None
    name = unicodedata.normalize("NFKC", text)
    found = _PHASE.search(name)
    phase = _number(found[1]) if found else None
    base = plain(_WORKS.sub("", _PHASE.sub("", name).strip())) or plain(name)
    shorter = True
    while shorter:
        before = next(
            (one for one in prefixes if base.startswith(one) and len(base) >= len(one) + _LEAST), ""
        )
        base = base.removeprefix(before)
        shorter = bool(before)
    return ProjectName(base, phase) if base else None


def may_be_one(one: ProjectName, other: ProjectName) -> bool:
    """Whether two names may mean one project: `are_variants`, and not two phases of it.

    一期 and 二期 are two projects; a name without a phase may be either.
    """
    apart = one.phase is not None and other.phase is not None and one.phase != other.phase
    return not apart and are_variants(one, other)


def are_variants(one: ProjectName, other: ProjectName) -> bool:
    """Whether two names are alike but for their phase.

    Names that differ in a number, a letter or a side (东, 西) are not; else they need SIMILAR.
    """
    if one.base == other.base:
        return True
    if fuzz.ratio(one.base, other.base, score_cutoff=SIMILAR) == 0:
        return False
    changes = Indel.opcodes(one.base, other.base)
    return not any(
        _TELLING.intersection(one.base[step.src_start : step.src_end])
        or _TELLING.intersection(other.base[step.dest_start : step.dest_end])
        for step in changes
        if step.tag != "equal"
    )


def number_key(number: str | None) -> str | None:
    """A project number as it is compared: half-width, upper case, without spaces."""
    if number is None:
        return None
    return "".join(unicodedata.normalize("NFKC", number).upper().split()) or None


def _number(text: str) -> int:
    """Of digits, or of Chinese numerals below a hundred."""
    if text.isdigit():
        return int(text)
    tens, has_tens, ones = text.rpartition("十")
    if not has_tens:
        return int("".join(str(_DIGITS.index(mark)) for mark in ones if mark in _DIGITS) or 0)
    return 10 * (_number(tens) if tens else 1) + (_number(ones) if ones else 0)
