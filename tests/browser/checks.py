"""What holds on every page in every state: nothing clipped, nothing too small for a thumb, one language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.browser.view import View

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# Names of formats, systems and licences are the same in every language, as is the way to the other one.
NAMES = (
    r"中文|English|GS\(2024\)0650|© OpenStreetMap contributors, ODbL 1\.0|ODbL|OpenStreetMap|Excel|CSV"
    r"|GeoPackage|GeoJSON|Shapefile|KML|TXT|XLSX|PDF|PNG|JPEG|WebP|UTF-8|MB|KB|EPSG:\d+|WGS 84"
    r"|CGCS2000|GCJ-02|BD-09|UTM|Web|@demo|GB|Shift|Ctrl"
)

# Text that ends outside of its block, of what clips it without a way to scroll, or of the window.
_OVERFLOWING = """
() => {
  const found = new Set();
  const tell = (element, why) => found.add(`${why}: ${element.outerHTML.slice(0, 110)}`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("script, style, noscript, svg, option, .visually-hidden, .skip, .leaflet-pane, [inert]")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()];
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    if (lines.length >= 4 && lines.every(({ width }) => width < 1.6 * size)) tell(element, "one letter a line");
    for (const rect of lines) {
      if (rect.width < 1) continue;
      let scrolled = false;
      let first = true;
      for (let box = element; box && !scrolled; box = box.parentElement) {
        const style = getComputedStyle(box);
        if (style.display === "inline" || style.display === "contents") continue;
        const edge = box.getBoundingClientRect();
        const out = rect.right > edge.right + 1.5 || rect.left < edge.left - 1.5;
        scrolled = ["auto", "scroll"].includes(style.overflowX);
        const clips = ["hidden", "clip"].includes(style.overflowX);
        // A tick of a scale may be wider than its bar.
        const own = first && !element.closest("[aria-hidden=true]");
        if (out && style.textOverflow !== "ellipsis" && !scrolled && (own || clips)) tell(box, "text leaves its box");
        if (clips && style.textOverflow === "ellipsis") break;
        if (style.position === "fixed") break;
        first = false;
      }
      if (!scrolled && (rect.right > innerWidth + 1 || rect.left < -1)) tell(element, "text leaves the window");
    }
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.add(`the page is ${wide} px too wide`);
  return [...found];
}
"""

# What can be pressed. A link within a line of text is as high as the line (WCAG 2.5.8).
_SMALL = """
(but) => [...document.querySelectorAll("a, button, select, summary, input, textarea")]
  .filter((e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((e) => !e.matches(but) && !e.closest("[inert]"))
  .map((e) => [e.closest("label.layer") ?? e, e.getBoundingClientRect()])
  .map(([e]) => [e, e.getBoundingClientRect()])
  .filter(([, { height, width }]) => height < 43.5 || width < 43.5)
  .map(([e, { height, width }]) => `${e.outerHTML.slice(0, 90)} ${width} x ${height}`)
"""

_WORDS = """
() => {
  const said = [document.title, document.body.innerText];
  for (const name of ["aria-label", "title", "alt", "placeholder", "aria-description"])
    for (const element of document.querySelectorAll(`[${name}]`)) said.push(element.getAttribute(name) ?? "");
  return said.join("\\n");
}
"""


def overflowing(shown: View) -> list[str]:
    """Texts that are clipped, or that leave their box or the window."""
    return list(shown.page.evaluate(_OVERFLOWING))


def too_small(shown: View, but: str = "") -> list[str]:
    """Controls of less than 44 px on a touch screen. but  selector of further ones to leave out."""
    left_out = ", ".join(
        filter(None, [".skip, .upload-link, .drop-input, p a", "[type=radio]", but])
    )
    return list(shown.page.evaluate(_SMALL, left_out))


def foreign_words(shown: View, neutral: Sequence[str] = ()) -> list[str]:
    """Words of the language that the page is not in. neutral  patterns of names from the data."""
    lang = shown.page.locator("html").get_attribute("lang") or ""
    foreign = CHINESE if lang.startswith("en") else ENGLISH
    own = re.compile("|".join([*sorted(neutral, key=len, reverse=True), NAMES]))
    return foreign.findall(own.sub("", shown.page.evaluate(_WORDS)))
