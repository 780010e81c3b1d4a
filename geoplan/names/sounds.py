"""How names sound, and how what is typed is compared with that.

A name's sound is one line a reading, each syllable or word with a capital: 天府广场 is
`TianFuGuangChang`. So one pattern finds full pinyin, initials and any mixture of the two, and only
where a syllable begins. The readings are those of pypinyin's dictionaries (MIT).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

_MOST_SYLLABLES = 60
_MOST_READINGS = 8
_LONGEST_WORD = 4
_PARTS = re.compile(r"[a-z]+|[0-9]|[^\x00-\x7f]", re.ASCII)
_UNITS = re.compile("(?<=[ln])yu|.")  # 绿 is typed lü, lv, lu and lyu
# In names of places these are read so, whatever most words of the dictionary say.
_IN_PLACES = {"都": "du", "朝": "chao"}


@dataclass(frozen=True, slots=True)
class Readings:
    """Syllables without tones, ü written v.

    main   a character's usual one; others  the further ones that words of the language have.
    words  words in which characters are read otherwise than usual, 2 to 4 characters long.
    """

    main: Mapping[str, str]
    others: Mapping[str, Sequence[str]]
    words: Mapping[str, Sequence[str]]
    begins: frozenset[str]  # the first characters of `words`


@cache
def readings() -> Readings:
    """The readings, from the dictionaries; made once a process, about a second."""
    # Here, not above: the dictionaries take half a second and 60 MB of whoever never searches.
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    plain = cache(_plain)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word, syllables in phrases_dict.items():
        for character, syllable in zip(word, syllables, strict=False):
            counts[character][plain(syllable[0])] += 1
    main = {chr(code): plain(listed.split(",")[0]) for code, listed in pinyin_dict.items()}
    main |= {character: found.most_common(1)[0][0] for character, found in counts.items()}
    main |= _IN_PLACES
    words = {
        word: read
        for word, syllables in phrases_dict.items()
        if 1 < len(word) == len(syllables) <= _LONGEST_WORD
        and (read := [plain(each[0]).capitalize() for each in syllables])
        and any(main.get(a, "").capitalize() != b for a, b in zip(word, read, strict=True))
    }
    return Readings(
        {character: syllable.capitalize() for character, syllable in main.items() if syllable},
        {
            character: [
                each.capitalize()
                for each, n in found.most_common()
                if n > 1 and n * 50 > found.total()
            ]
            for character, found in counts.items()
            if len(found) > 1
        },
        words,
        frozenset(word[0] for word in words),
    )


def fold(text: str) -> str:
    """Letters and digits alone, without case, width or accents of Latin letters."""
    kept = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in kept if each.isalnum())


def sound_of(*names: str | None) -> str:
    """All readings of a thing's names, one a line; the usual one first."""
    lines: dict[str, None] = {}
    for name in names:
        if name:
            lines |= dict.fromkeys(_readings_of(name))
    return "\n".join(lines)


def letters_of(text: str) -> str:
    """What was typed as letters and digits; characters as their usual reading."""
    return "".join(_syllables(text)[1]).lower()


def pattern_of(letters: str) -> str:
    """A pattern that finds letters in a sound, each going on in its syllable or beginning the next.

    letters  of `letters_of`, at least one.
    """
    first, *others = map(str, _UNITS.findall(letters))
    return first.upper() + "".join(map(_step, others))


def spelt(letters: str) -> str:
    """A pattern that finds full syllables, from where one begins."""
    first, *others = _UNITS.findall(letters)
    rest = "".join({"u": "[uv]", "yu": "(?:v|yu)"}.get(unit, unit) for unit in others)
    return f"{first.upper()}(?i:{rest})"


def _step(unit: str) -> str:
    if unit == "yu":
        return f"(?:v|{_step('y')}{_step('u')})"
    return f"(?:{'[uv]' if unit == 'u' else unit}|[a-z]*{unit.upper()})"


def _readings_of(name: str) -> list[str]:
    """The usual reading; then those in which one character is read otherwise."""
    known = readings()
    characters, syllables = _syllables(name)
    lines = ["".join(syllables)]
    for place, character in enumerate(characters):
        for other in known.others.get(character, ()):
            if other != syllables[place] and len(lines) < _MOST_READINGS:
                lines.append("".join([*syllables[:place], other, *syllables[place + 1 :]]))
    return lines


def _syllables(text: str) -> tuple[list[str], list[str]]:
    """The characters, words of Latin letters and digits of a text, and how each is read."""
    known = readings()
    parts = _PARTS.findall(_latin(text))[:_MOST_SYLLABLES]
    characters: list[str] = []
    syllables: list[str] = []
    place = 0
    while place < len(parts):
        part = parts[place]
        word = _word_at(parts, place, known) if part in known.begins else ""
        if word:
            characters += word
            syllables += known.words[word]
        elif part in known.main or part.isascii():
            characters.append(part)
            syllables.append(known.main.get(part) or part.capitalize())
        place += len(word) or 1
    return characters, syllables


def _word_at(parts: Sequence[str], place: int, known: Readings) -> str:
    """The longest word that begins here and is read otherwise than its characters are."""
    for length in range(_LONGEST_WORD, 1, -1):
        word = "".join(parts[place : place + length])
        if len(word) == length and word in known.words:
            return word
    return ""


def _latin(text: str) -> str:
    """Lower case, full width as half, Latin letters without their accents; ü as v."""
    lower = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    lower = lower.replace("'", "").replace("’", "")
    if lower.isascii():
        return lower
    bare = unicodedata.normalize("NFD", lower)
    return "".join(each for each in bare if not unicodedata.combining(each))


def _plain(syllable: str) -> str:
    """`lǜ` as `lv`: no tone, ASCII letters alone."""
    apart = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(each for each in apart if "a" <= each <= "z")
