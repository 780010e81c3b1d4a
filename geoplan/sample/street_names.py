"""Names of streets and stations: made of common words, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

# Characters of street names and their romanisation.
_WORDS = (
    ("锦", "jin"), ("玉", "yu"), ("芙", "fu"), ("华", "hua"), ("清", "qing"), ("江", "jiang"),
    ("荷", "he"), ("桂", "gui"), ("梅", "mei"), ("兰", "lan"), ("竹", "zhu"), ("柳", "liu"),
    ("松", "song"), ("泉", "quan"), ("溪", "xi"), ("湖", "hu"), ("云", "yun"), ("月", "yue"),
    ("星", "xing"), ("晨", "chen"), ("春", "chun"), ("秋", "qiu"), ("和", "he"), ("安", "an"),
    ("康", "kang"), ("宁", "ning"), ("福", "fu"), ("祥", "xiang"), ("瑞", "rui"), ("文", "wen"),
    ("德", "de"), ("明", "ming"), ("光", "guang"), ("金", "jin"), ("银", "yin"), ("石", "shi"),
    ("田", "tian"), ("林", "lin"), ("园", "yuan"), ("桥", "qiao"), ("平", "ping"), ("永", "yong"),
    ("兴", "xing"), ("丰", "feng"), ("翠", "cui"), ("碧", "bi"), ("凤", "feng"), ("鹤", "he"),
)  # fmt: skip
_PARTS = (
    ("", ""),
    ("东", "East "),
    ("西", "West "),
    ("南", "South "),
    ("北", "North "),
    ("一", "1st "),
    ("二", "2nd "),
    ("三", "3rd "),
)
_ENDS = {
    "secondary": ("大道", "Avenue"),
    "tertiary": ("路", "Road"),
    "residential": ("街", "Street"),
    "living_street": ("巷", "Lane"),
    "unclassified": ("路", "Road"),
}


class Names:
    """Gives every street of a class another name for as long as there are any."""

    def __init__(self, rng: np.random.Generator) -> None:
        count = len(_WORDS)
        pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
        self._pairs = [pairs[k] for k in rng.permutation(len(pairs)).tolist()]
        self._given = {end: self._streets(end) for end in _ENDS}
        self._places = self._words(len(self._pairs) // 2)

    def street(self, kind: str) -> tuple[str, str]:
        """The next name of a street of that highway=* value, zh and en."""
        return next(self._given[kind])

    def place(self) -> tuple[str, str]:
        """The next name of a spot, such as a station, zh and en."""
        return next(self._places)

    def _streets(self, kind: str) -> Iterator[tuple[str, str]]:
        zh_end, en_end = _ENDS[kind]
        start = 317 * list(_ENDS).index(kind)
        for zh_part, en_part in _PARTS:
            for zh, en in self._words(start):
                yield f"{zh}{zh_part}{zh_end}", f"{en} {en_part}{en_end}"

    def _words(self, start: int) -> Iterator[tuple[str, str]]:
        for i, j in self._pairs[start:] + self._pairs[:start]:
            (zh, en), (zh2, en2) = _WORDS[i], _WORDS[j]
            yield zh + zh2, (en + en2).capitalize()
