import { h } from "../panels/dom";
import { icon, type IconName } from "./icons";

export type Look = "primary" | "plain" | "danger" | "link";

interface ActionOptions {
  look?: Look;
  icon?: IconName;
  /** Further attributes of the button. */
  as?: Record<string, string | number | boolean | null>;
}

/**
 * A button whose work may take a while: it is busy until then and takes no second click. What fails
 * rises from it as the event `failed`; the page says it in one place.
 */
export function action(
  label: string,
  act: () => Promise<unknown> | unknown,
  { look = "plain", icon: sign, as = {} }: ActionOptions = {},
): HTMLButtonElement {
  const made = h("button", { type: "button", class: `act act-${look}`, ...as }, sign ? icon(sign) : null, h("span", {}, label));
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-busy") === "true") return;
    const work = attempt(act);
    if (!(work instanceof Promise)) return;
    made.setAttribute("aria-busy", "true");
    void work.catch((error: unknown) => failed(made, error)).finally(() => made.removeAttribute("aria-busy"));
  });
  return made;
}

function attempt(act: () => Promise<unknown> | unknown): unknown {
  try {
    return act();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Lets a failure rise to where the page says it. A place that has left the page still can. */
export function failed(from: Element, error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  (from.isConnected ? from : document.body).dispatchEvent(new CustomEvent<unknown>("failed", { detail: error, bubbles: true }));
}

/** A link that looks like a button, for what the browser itself fetches. */
export function linkAction(label: string, href: string, { look = "plain", icon: sign, as = {} }: ActionOptions = {}): HTMLAnchorElement {
  return h("a", { href, class: `act act-${look}`, ...as }, sign ? icon(sign) : null, h("span", {}, label));
}

/** A label over its control. */
export function labelled(text: string, control: HTMLElement, note: string | null = null): HTMLElement {
  return h(
    "label",
    { class: "field" },
    h("span", { class: "field-label" }, text),
    control,
    note ? h("span", { class: "field-note" }, note) : null,
  );
}

export function option(value: string, text: string, selected = false): HTMLOptionElement {
  return h("option", { value, selected }, text);
}
