"""Places by name, a keystroke at a time: `python -m bench.names`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from bench.figures import Figure, best, show
from geoplan.names import Index, prepare
from geoplan.names.index import COLUMNS

COUNT = 60_000
BUDGET_MS = 50
_FIRST = [
    "天府",
    "锦江",
    "武侯",
    "青羊",
    "成华",
    "龙泉驿",
    "双流",
    "高新",
    "金牛",
    "郫都",
    "人民",
    "解放",
    "建设",
    "科华",
    "玉林",
    "朝阳",
    "长寿",
    "重庆",
    "音乐",
    "石室",
]
_LAST = [
    "小学",
    "中学",
    "公园",
    "广场",
    "地铁站",
    "医院",
    "药房",
    "超市",
    "菜市场",
    "幼儿园",
    "充电站",
    "停车场",
    "路",
    "大道",
    "社区卫生服务中心",
]
_TYPED = ("天府广场", "tianfuguangchang", "tfgc", "jinjiang xiaoxue", "chongqinglu", "人民公园")
_SLIPS = ("tianfuguangchnag", "jinjaing", "天付广场", "qqqwx")


def made(count: int) -> pl.DataFrame:
    """Invented names: two parts, now and then a number."""
    random = np.random.default_rng(11)
    first, second, last = (random.choice(each, count) for each in (_FIRST, _FIRST, _LAST))
    numbers = [f"第{n}" if n < 100 else "" for n in random.integers(0, 300, count)]
    names = ["".join(parts) for parts in zip(first, second, numbers, last, strict=True)]
    rows = {name: [None] * count for name in COLUMNS}
    rows |= {
        "kind": ["feature"] * count,
        "layer": ["place"] * count,
        "id": list(map(str, range(count))),
    }
    rows |= {"name": names, "unit": ["510104"] * count, "synthetic": [True] * count}
    rows |= {"lon": random.uniform(103.9, 104.3, count), "lat": random.uniform(30.5, 30.8, count)}
    return pl.DataFrame(rows, schema=COLUMNS)


def keystrokes(words: Sequence[str]) -> list[str]:
    """Each word as it grows."""
    return [word[:end] for word in words for end in range(1, len(word) + 1)]


def run() -> Iterator[Figure]:
    rows = made(COUNT)
    prepare(rows.head(1))  # the dictionaries are read once a process
    seconds = best(lambda: prepare(rows), 1)
    yield Figure(f"an index of {COUNT:,} names", f"{seconds:.1f} s")
    index = Index(prepare(rows), {})
    for what, asked in (("a keystroke", keystrokes(_TYPED)), ("with a slip", list(_SLIPS) * 10)):
        times = []
        for query in asked:
            start = time.perf_counter()
            index.find(query, 10, (104.06, 30.66))
            times.append((time.perf_counter() - start) * 1000)
        middle, most = np.percentile(times, [50, 95])
        figure = f"median {middle:.0f} ms, 95 % under {most:.0f} ms"
        budget = f"{BUDGET_MS} ms" if what == "a keystroke" else ""
        kept = bool(most < BUDGET_MS) if budget else None
        yield Figure(f"names: {what}", figure, budget=budget, kept=kept)


if __name__ == "__main__":
    show(run())
