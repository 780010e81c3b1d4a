"""Values in the scripts that Folium's elements write."""

from __future__ import annotations

from typing import Any

import folium.template
import jinja2
from jinja2.utils import htmlsafe_json_dumps


def literal(value: Any) -> str:
    """A JSON value as it may stand in an element's script.

    Folium reads each rendered script as a template once more, so a name or a credit with `{{ … }}`
    in it would run on the server. Braces that could open anything there occur inside strings only,
    where JSON lets them be written as escapes; `<`, `>`, `&` and `'` are escaped as well.
    """
    text = str(htmlsafe_json_dumps(value))
    for opening in ("{{", "{%", "{#"):
        text = text.replace(opening, opening.replace("{", r"\u007b"))
    return text


class ScriptEnvironment(folium.template.Environment):
    """Folium's environment with the filter `script`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.filters["script"] = literal


class ScriptTemplate(jinja2.Template):
    """The template of an element whose values pass through the filter `script`."""

    environment_class = ScriptEnvironment
