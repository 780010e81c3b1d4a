import type L from "leaflet";
import { h, svg } from "../panels/dom";
import { markOf } from "./marks";
import { describedAll, fetchResults, LONGEST, marked, nextOption, titleOf, type Result, type SearchConfig } from "./result";
import "./search.css";
import { w } from "./words";

const PAUSE_MS = 120;
const PATIENCE_MS = 400;

export interface SearchOptions {
  map: L.Map;
  config: SearchConfig;
  /** What choosing does; `byKeyboard`: the focus should go to what is shown. */
  onChoose: (result: Result, byKeyboard: boolean) => void;
}

/** A box to find places in, after the ARIA pattern "combobox with a list". `/` leads to it. */
export function searchBox(container: HTMLElement, options: SearchOptions): void {
  new SearchBox(container, options);
}

let boxes = 0;

class SearchBox {
  private readonly id = `search-${++boxes}`;
  private readonly input: HTMLInputElement;
  private readonly clear: HTMLButtonElement;
  private readonly list: HTMLElement;
  private readonly message = h("div", { class: "search-message" });
  private readonly panel: HTMLElement;
  private readonly status = h("p", { class: "search-status", role: "status" });
  private results: Result[] = [];
  private active = -1;
  private pending: AbortController | null = null;
  private timer = 0;
  private patience = 0;
  /** What the results belong to. */
  private asked = "";

  constructor(
    container: HTMLElement,
    private readonly options: SearchOptions,
  ) {
    this.input = h("input", {
      type: "search", id: this.id, class: "search-input", role: "combobox", "aria-label": w("label"), placeholder: w("placeholder"),
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${this.id}-list`, "aria-keyshortcuts": "/",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search", maxlength: LONGEST,
    }); // prettier-ignore
    this.clear = h("button", { type: "button", class: "search-clear", "aria-label": w("clear"), hidden: true }, icon("M5 5l12 12M17 5 5 17"));
    this.list = h("ul", { class: "search-list", role: "listbox", id: `${this.id}-list`, "aria-label": w("results") });
    this.panel = h("div", { class: "search-panel", hidden: true }, this.list, this.message);
    const box = h("div", { class: "search", role: "search" }, icon("M9.5 3.500a6 6 0 1 1 0 12a6 6 0 0 1 0-12ZM14 14l5 5"), this.input, this.clear, this.panel, this.status);
    container.replaceChildren(box);
    this.listen(box);
  }

  private listen(box: HTMLElement): void {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => {
      if (this.input.value.trim() !== "" && (this.results.length > 0 || this.message.childElementCount > 0)) this.open(true);
    });
    this.clear.addEventListener("click", () => this.empty());
    box.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && box.contains(relatedTarget))) this.open(false);
    });
    // A press on the list keeps the focus, and with it the keyboard of a phone, in the words.
    this.panel.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Element && event.target.closest("button"))) event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      this.input.focus();
      this.input.select();
    });
    window.addEventListener("online", () => {
      if (document.activeElement === this.input && this.asked === "") this.typed();
    });
  }

  private typed(): void {
    window.clearTimeout(this.timer);
    const query = this.input.value.trim();
    this.clear.hidden = this.input.value === "";
    if (query === "") {
      this.stop();
      this.show([], "");
      this.open(false);
      return;
    }
    if (query === this.asked) return;
    this.timer = window.setTimeout(() => void this.ask(query), PAUSE_MS);
  }

  private stop(): void {
    this.pending?.abort();
    window.clearTimeout(this.patience);
    window.clearTimeout(this.timer);
  }

  private async ask(query: string): Promise<void> {
    this.stop();
    const { signal } = (this.pending = new AbortController());
    if (!navigator.onLine) {
      this.say(w("offline"));
      return;
    }
    this.patience = window.setTimeout(() => {
      if (this.results.length === 0) this.say(w("searching"));
    }, PATIENCE_MS);
    try {
      const results = await fetchResults(query, this.options.map.getCenter().wrap(), signal);
      if (!signal.aborted) this.show(results, query);
    } catch {
      if (!signal.aborted) this.fail(query);
    } finally {
      if (!signal.aborted) window.clearTimeout(this.patience);
    }
  }

  private show(results: Result[], query: string): void {
    this.results = results;
    this.asked = query;
    this.message.replaceChildren();
    const described = describedAll(results, this.options.config);
    this.list.replaceChildren(...results.map((result, i) => this.option(result, i, query, described[i] ?? "")));
    this.activate(-1);
    if (query === "") {
      this.status.textContent = "";
      return;
    }
    if (results.length === 0) this.message.replaceChildren(h("strong", {}, w("nothing", { query })), h("p", {}, w("tryThis")));
    this.status.textContent = results.length === 0 ? `${w("nothing", { query })}. ${w("tryThis")}` : w("found", { count: results.length });
    this.open(document.activeElement === this.input);
  }

  /** Something instead of results. */
  private say(text: string, more?: HTMLElement): void {
    this.show([], "");
    this.message.replaceChildren(h("p", {}, text), more ?? "");
    this.status.textContent = text;
    this.open(true);
  }

  private fail(query: string): void {
    if (!navigator.onLine) {
      this.say(w("offline"));
      return;
    }
    const retry = h("button", { type: "button", class: "button" }, w("retry"));
    retry.addEventListener("click", () => {
      this.input.focus();
      void this.ask(query);
    });
    this.say(w("failed"), retry);
  }

  private option(result: Result, place: number, query: string, described: string): HTMLElement {
    const [before, inside, after] = marked(titleOf(result), query);
    const item = h(
      "li",
      { role: "option", class: "search-option", id: `${this.id}-${place}`, "aria-selected": "false" },
      markOf(result, this.options.config),
      h(
        "span",
        { class: "search-words" },
        h("span", { class: "search-name" }, before, inside ? h("mark", {}, inside) : null, after),
        h("span", { class: "search-kind" }, described),
      ),
    );
    item.addEventListener("click", () => this.choose(place, false));
    return item;
  }

  private key(event: KeyboardEvent): void {
    // Enter and the arrows belong to the input method while it composes.
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.panel.hidden) this.open(this.results.length > 0);
      this.activate(nextOption(this.active, this.results.length, event.key));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.input.value.trim() !== this.asked) void this.askNow();
      else this.choose(Math.max(this.active, 0), true);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.panel.hidden) this.empty();
      else this.open(false);
    }
  }

  /** Enter before the answer is there: the first of it is chosen. */
  private async askNow(): Promise<void> {
    const query = this.input.value.trim();
    if (query === "") return;
    await this.ask(query);
    if (this.asked === query && this.input.value.trim() === query) this.choose(0, true);
  }

  private choose(place: number, byKeyboard: boolean): void {
    const result = this.results[place];
    if (!result) return;
    this.input.value = titleOf(result);
    this.asked = this.input.value;
    this.clear.hidden = false;
    this.open(false);
    this.status.textContent = w("arrived", { name: titleOf(result) });
    if (!byKeyboard) this.input.blur();
    this.options.onChoose(result, byKeyboard);
  }

  private empty(): void {
    this.input.value = "";
    this.typed();
    this.input.focus();
  }

  private activate(place: number): void {
    this.active = place;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === place)));
    const option = this.list.children[place];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  private open(open: boolean): void {
    this.panel.hidden = !open;
    this.list.hidden = this.results.length === 0;
    this.input.setAttribute("aria-expanded", String(open && this.results.length > 0));
    if (!open) this.activate(-1);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function icon(path: string): SVGElement {
  return svg("svg", { viewBox: "0 0 22 22", width: 20, height: 20, class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
}
