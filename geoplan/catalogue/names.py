"""Comparing names that people type: column headers, values of a list, reporting units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NOISE = re.compile(r"[\W_]+")
_ZH_ENDING = re.compile(r"(..)[区县市]$")  # two characters must remain
_EN_ENDING = re.compile(r"(district|county|city)$")


def plain(text: str) -> str:
    """A name as it is compared: half-width, lower case, without spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def header_forms(text: str) -> tuple[str, str]:
    """The two forms under which a column header is looked up, in this order.

    First whole, so that X(经度) is not taken for the X of surveyors, which is north; then without
    what stands in brackets, mostly a unit: 长度(公里) is 长度.
    """
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    return plain(text), plain(bare) or plain(text)


class UnitNames:
    """Finds the code of the reporting unit that a name means.

    names     code → everything the unit is called, its codes among them. 区, 县 or 市 at the end
              may be left out, and District, County or City may be added.
    prefixes  names of the city and its province, which may stand before a unit's name.
    """

    def __init__(self, names: Mapping[str, Iterable[str]], prefixes: Iterable[str]) -> None:
        self.clashes: list[tuple[str, str, str]] = []
        """Names that mean two units: name, the code that has it, the code that claims it too."""
        self._codes: dict[str, str] = {}
        self._prefixes = tuple(sorted(map(plain, prefixes), key=len, reverse=True))
        for code, called in names.items():
            for name in called:
                for form in dict.fromkeys((plain(name), _ZH_ENDING.sub(r"\1", plain(name)))):
                    held = self._codes.setdefault(form, code)
                    if held != code:
                        self.clashes.append((name, held, code))

    def code_of(self, text: str) -> str | None:
        """The unit's code, None when the text names none."""
        name = plain(text)
        while name:
            for form in (name, _EN_ENDING.sub("", name)):
                if form in self._codes:
                    return self._codes[form]
            prefix = next((p for p in self._prefixes if name.startswith(p)), None)
            if prefix is None:
                return None
            name = name[len(prefix) :]
        return None
