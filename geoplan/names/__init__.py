"""Names as people type them: Chinese, pinyin, initials, English, with slips of the finger."""

from geoplan.names.index import Hit, Index, Kinds, prepare

__all__ = ["Hit", "Index", "Kinds", "prepare"]
