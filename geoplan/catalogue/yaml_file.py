"""Reading one YAML file into a model, every problem with its line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from geoplan.errors import Issue, Where
from geoplan.text import Text

M = TypeVar("M", bound=BaseModel)
At = Sequence[str | int]
"""Keys and indices that lead from the top of a file to a value."""

_DAY = Text("日期，例如 2023-07-01", "a day such as 2023-07-01")
_KEYS = Text("键值对", "keys with values")
_WANTED = {
    "string_type": Text("文字（数字和日期请加引号）", "text; put a number or a date in quotes"),
    "float_type": Text("数", "a number"),
    "int_type": Text("整数", "a whole number"),
    "int_from_float": Text("整数", "a whole number"),
    "bool_type": Text("true 或 false", "true or false"),
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "tuple_type": Text("列表", "a list"),
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "dataclass_type": Text("中英文 {zh: …, en: …}", "both languages, {zh: …, en: …}"),
}


@dataclass(slots=True)
class YamlFile:
    """One file as it was parsed, and what was found wrong with it."""

    name: str
    content: Any = None
    issues: list[Issue] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> YamlFile:
        """Parse a file; one that cannot be parsed has an issue and no content."""
        file = cls(path.name)
        try:
            file.content = _parsed(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            said = error.strerror if isinstance(error, OSError) else "UTF-8?"
            file.add(
                (),
                "catalogue_file",
                Text(f"无法读取文件：{said}", f"the file cannot be read: {said}"),
                Text("请补上文件，并存为 UTF-8", "put the file there, saved as UTF-8"),
            )
        except YAMLError as error:
            file.issues.append(_not_yaml(error, path.name))
        return file

    def add(self, at: At, code: str, detail: Text, remedy: Text) -> None:
        """Note a problem of the value at a place."""
        self.issues.append(Issue(code, detail, remedy, Where(file=self.name, row=self.line(at))))

    def add_choice(self, at: At, code: str, detail: Text, choices: Iterable[str]) -> None:
        """Note a value that is none of the possible ones."""
        names = list(choices)
        self.add(
            at, code, detail, Text(f"可用：{'、'.join(names)}", f"use one of {', '.join(names)}")
        )

    def add_repeated(self, at: At, names: Sequence[str], *, key: At = ()) -> None:
        """Note each name of a list that stood there before; `key` leads from an entry to it."""
        for index, name in enumerate(names):
            if name in names[:index]:
                self.add(
                    (*at, index, *key),
                    "catalogue_duplicate",
                    Text(f"{name} 重复", f"{name} is there twice"),
                    Text("请改名或删除其一", "rename one, or take it out"),
                )

    def line(self, at: At) -> int:
        """Line of the value at a place, or of the nearest thing around it; counted from 1."""
        node, line = self.content, 0
        for step in at:
            marks = getattr(getattr(node, "lc", None), "data", None) or {}
            if step not in marks:
                break
            line = marks[step][0]
            node = node[step]
        return line + 1

    def load(self, model: type[M]) -> M | None:
        """The content as a model; None, and an issue for each value that does not fit."""
        if self.issues:
            return None
        try:
            # As JSON, so that strict checking still takes lists for tuples and texts for dates.
            return model.model_validate_json(json.dumps(self.content, default=_iso), strict=True)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                detail, remedy = _words(problem, model, self.name)
                self.add(problem["loc"], f"catalogue_{problem['type']}", detail, remedy)
        except (TypeError, ValueError) as error:
            self.add(
                (),
                "catalogue_not_plain",
                Text(f"文件中有无法理解的值：{error}", f"a value is not understood: {error}"),
                Text("请用文字键，值用文字、数、日期、列表", "use text keys and plain values"),
            )
        return None


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    """The parsed text with its line marks; parsing is nine tenths of loading a catalogue."""
    return YAML(typ="rt").load(text)


def _words(problem: Mapping[str, Any], model: type[BaseModel], name: str) -> tuple[Text, Text]:
    """What is wrong and what to do, from an error of pydantic."""
    at, kind = problem["loc"], problem["type"]
    shown = ".".join(map(str, at)) or name
    if kind == "missing":
        return Text(f"缺少 {shown}", f"{shown} is missing"), Text(
            f"请补上键 {at[-1]}", f"add the key {at[-1]}"
        )
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        known = _known_keys(model.model_json_schema(), at[:-1])
        near = get_close_matches(str(at[-1]), known, n=1)
        return Text(f"没有键 {shown}", f"there is no key {shown}"), (
            Text(f"是否应为 {near[0]}？", f"did you mean {near[0]}?")
            if near
            else Text(f"可用：{'、'.join(known)}", f"use one of {', '.join(known)}")
        )
    value = json.dumps(problem["input"], ensure_ascii=False, default=str)
    value = value if len(value) <= 60 else value[:57] + "…"
    said = Text(f"{shown} 不能是 {value}", f"{shown} cannot be {value}")
    if kind in _WANTED:
        return said, Text(f"应为{_WANTED[kind].zh}", f"give {_WANTED[kind].en}")
    if kind == "literal_error":
        allowed = problem["ctx"]["expected"]
        return said, Text(f"可用：{allowed.replace(' or ', ', ')}", f"use {allowed}")
    message = str(problem["msg"])
    return said, Text(f"要求：{message}", message[:1].lower() + message[1:])


def _not_yaml(error: YAMLError, name: str) -> Issue:
    marked = error if isinstance(error, MarkedYAMLError) else None
    said = str((marked and marked.problem) or error).splitlines()[0]
    mark = marked and marked.problem_mark
    return Issue(
        "catalogue_not_yaml",
        Text(f"不是有效的 YAML：{said}", f"not valid YAML: {said}"),
        Text("请检查缩进、引号和重复的键", "check indentation, quotes and repeated keys"),
        Where(file=name, row=mark.line + 1 if mark else 1),
    )


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} {value}")


def _known_keys(schema: Mapping[str, Any], at: At) -> list[str]:
    """Keys that a JSON Schema knows for the mapping at a place."""
    node = _resolved(schema, schema)
    for step in at:
        inner = node.get("items") if isinstance(step, int) else node.get("properties", {}).get(step)
        node = _resolved(schema, inner or node.get("additionalProperties") or {})
    return list(node.get("properties", {}))


def _resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "anyOf" in node:  # a value or null
        node = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    if "$ref" in node:
        found: Mapping[str, Any] = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        return found
    return node
