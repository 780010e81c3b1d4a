import { h } from "../../panels/dom";
import { w } from "../words";

/** A table of what is before and after; it scrolls sideways where it has to. */
export function table(caption: string, first: string, lines: HTMLElement[]): HTMLElement {
  const heads = [w("before"), w("after"), w("difference")].map((text) => h("th", { scope: "col", class: "number" }, text));
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      { class: "plain-table preview-table" },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, first), ...heads)),
      h("tbody", {}, ...lines),
    ),
  );
}

export function tableLine(name: string, bar: HTMLElement | null, before: string, after: string, change: string): HTMLElement {
  const direction = change.startsWith("+") ? "is-more" : change.startsWith("−") ? "is-less" : "";
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name, bar),
    h("td", { class: "number" }, before),
    h("td", { class: "number" }, h("strong", {}, after)),
    h("td", { class: `number ${direction}` }, change || w("same")),
  );
}

/** A share before, and what is added or lost, as one bar. */
export function shareBar(before: number, after: number): HTMLElement {
  const within = (share: number): string => `${Math.min(100, Math.max(0, share * 100))}%`;
  const now = h("span", { class: "share-now" });
  const then = h("span", { class: `share-then${after < before ? " is-less" : ""}`, hidden: after === before });
  now.style.width = within(Math.min(before, after));
  then.style.width = within(Math.abs(after - before));
  return h("span", { class: "share-bar", "aria-hidden": "true" }, now, then);
}
