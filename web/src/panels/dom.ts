type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

/**
 * Makes an element. Text only ever becomes text nodes, so values from data can not turn into markup;
 * attributes never carry style or handlers.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element: Element, children: Child[]): void {
  for (const child of children) if (child) element.append(child);
}

/** The element of the server's document that carries `data-part="name"`. */
export function part(name: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the page lacks its part "${name}"`);
  return found;
}

/** A line that says what failed, with a button to try again. */
export function failure(text: string, retryText: string, retry: () => void): HTMLElement {
  const button = h("button", { type: "button", class: "button" }, retryText);
  button.addEventListener("click", retry);
  return h("p", { class: "failure", role: "alert" }, h("span", {}, text), button);
}
