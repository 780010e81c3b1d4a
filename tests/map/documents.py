"""What a browser would make of a document: its elements, the addresses it asks for, its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Document(HTMLParser):
    """tags     every element with its attributes.
    addresses   what the elements refer to.
    text        everything that is shown, joined by spaces; scripts and styles are not.
    inline      the text of scripts and styles inside the document.
    """

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._inside = tag
        self.tags.append((tag, found))
        self.addresses += [
            found[name] for name in ("src", "href", "srcset", "action") if name in found
        ]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            (self.inline if self._inside in {"script", "style"} else self.pieces).append(
                data.strip()
            )

    @property
    def text(self) -> str:
        return " ".join(self.pieces)


def read(html: str) -> Document:
    document = Document()
    document.feed(html)
    return document
