import { h } from "../panels/dom";

const GAP = 10;
const EDGE = 6;

/**
 * The numbers behind a shape, on hover and on focus. One box for the page, kept inside the viewport; a
 * screen reader has the same text as the shape's own name or description. Escape hides it.
 */
export class Tip {
  private readonly box = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });

  constructor() {
    document.body.append(this.box);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.hide();
    });
    document.addEventListener("scroll", () => this.hide(), { capture: true, passive: true });
  }

  /** Shows `text`, a line each, beside a point of the viewport. */
  at(x: number, y: number, lines: readonly string[]): void {
    this.box.replaceChildren(...lines.map((line, i) => h("span", { class: i === 0 ? "tip-first" : null }, line)));
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const free = { x: document.documentElement.clientWidth - width - EDGE, y: document.documentElement.clientHeight - height - EDGE };
    const left = x + GAP > free.x ? x - GAP - width : x + GAP;
    const top = y + GAP > free.y ? y - GAP - height : y + GAP;
    this.box.style.left = `${Math.max(EDGE, Math.min(free.x, left))}px`;
    this.box.style.top = `${Math.max(EDGE, Math.min(free.y, top))}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }

  /** An element whose numbers are told while it is pointed at or has the focus. */
  tell(element: HTMLElement | SVGElement, lines: () => readonly string[]): void {
    const beside = (): void => {
      const { left, width, top, height } = element.getBoundingClientRect();
      this.at(left + width / 2, top + height / 2, lines());
    };
    element.addEventListener("pointermove", (event) => {
      const { clientX, clientY } = event as PointerEvent;
      this.at(clientX, clientY, lines());
    });
    element.addEventListener("focus", () => {
      if (element.matches(":focus-visible")) beside();
    });
    for (const kind of ["pointerleave", "blur"]) element.addEventListener(kind, () => this.hide());
  }
}
