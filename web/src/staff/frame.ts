import { lang } from "../i18n";
import { h, part } from "../panels/dom";
import { action } from "./controls";
import { icon } from "./icons";
import { Problem } from "./problem";
import type { Me } from "./types";
import { w, words } from "./words";

/** Single findings of a refusal that are named. */
const ISSUES = 5;

/** What surrounds every screen: the account, what is announced, what went wrong, whether there is a network. */
export class Frame {
  readonly main = part("main");
  private readonly status = part("status");
  private readonly toast = h("div", { class: "toast", role: "alert", hidden: true });
  private readonly title = document.title;

  constructor() {
    document.body.append(this.toast);
    document.body.addEventListener("failed", (event) => {
      this.tell((event as CustomEvent<unknown>).detail);
    });
    // A menu closes when something else is pressed.
    document.addEventListener("click", (event) => {
      const menu = part("account").querySelector("details");
      if (menu?.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    });
    const offline = part("offline");
    const changed = (): void => {
      offline.hidden = navigator.onLine;
    };
    for (const name of ["online", "offline"]) window.addEventListener(name, changed);
    changed();
    part("skip").addEventListener("click", (event) => {
      // The address's fragment is the page's own: the way past the header must not take its place.
      event.preventDefault();
      this.main.focus();
    });
  }

  /** Puts a screen in place; its heading takes the focus, so that a reader hears where they are. */
  show(screen: HTMLElement, title: string, focus: boolean): void {
    this.hush();
    this.main.replaceChildren(screen);
    this.name(title);
    if (!focus) return;
    window.scrollTo(0, 0);
    const heading = screen.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }

  /** What the browser calls the page. */
  name(title: string): void {
    document.title = title === "" ? this.title : `${title} · ${this.title}`;
  }

  /** Says something to those who do not see it happen. */
  announce(text: string): void {
    this.status.textContent = "";
    // The same words twice are two events only with a moment between.
    setTimeout(() => {
      this.status.textContent = text;
    }, 50);
  }

  /** Says what went wrong and what to do. */
  tell(error: unknown): void {
    const { detail, remedy } = said(error);
    const issues = error instanceof Problem ? (error.body.issues ?? []) : [];
    const list = issues.length > 0 ? h("ul", {}, ...issues.slice(0, ISSUES).map((issue) => h("li", {}, issue.detail))) : null;
    this.pop("error", h("div", {}, h("strong", {}, detail), remedy ? h("p", {}, remedy) : null, list));
  }

  /** Says something that is good to know, until it is put away. */
  note(title: string, text: string): void {
    this.pop("info", h("div", {}, h("strong", {}, title), h("p", {}, text)));
  }

  private pop(kind: "error" | "info", words: HTMLElement): void {
    const close = h("button", { type: "button", class: "toast-close", "aria-label": w("close") }, icon("close"));
    close.addEventListener("click", () => this.hush());
    this.toast.className = `toast toast-${kind}`;
    this.toast.replaceChildren(icon(kind), words, close);
    this.toast.hidden = false;
  }

  hush(): void {
    this.toast.hidden = true;
    this.toast.replaceChildren();
  }

  /** Which part of the desk is open. */
  at(view: "uploads" | "edit" | "feedback"): void {
    for (const link of part("views").querySelectorAll("a")) {
      if (link.dataset["view"] === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  account(me: Me | null, unitName: (code: string) => string, leave: () => Promise<void>): void {
    const place = part("account");
    part("views").hidden = !me || me.role === "public";
    if (!me || me.role === "public") {
      place.replaceChildren();
      return;
    }
    const name = me.username ?? "";
    const box = h(
      "details",
      { class: "account" },
      h("summary", { "aria-label": w("account", { name }) }, icon("person"), h("span", { class: "account-name" }, name)),
      h(
        "div",
        { class: "account-menu" },
        h("p", {}, h("strong", {}, name)),
        h(
          "p",
          { class: "muted" },
          words.roles[me.role],
          me.units.length > 0 ? `${w("colon")}${me.units.map(unitName).join(w("and"))}` : "",
        ),
        h("a", { class: "act act-link account-map", href: `/?lang=${lang}` }, w("publicMap")),
        action(w("logout"), leave),
      ),
    );
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && box.open) {
        box.open = false;
        box.querySelector("summary")?.focus();
      }
    });
    place.replaceChildren(box);
  }
}

/** What a failure says: the service's own words, else the page's. */
export function said(error: unknown): { detail: string; remedy: string } {
  if (error instanceof Problem) {
    if (error.status === 0) return { detail: w("noAnswer"), remedy: w("noAnswerRemedy") };
    // What stands between the page and the service may answer without a word that people read.
    return error.message ? { detail: error.message, remedy: error.remedy } : { detail: w("failed"), remedy: w("failedRemedy") };
  }
  return { detail: w("failed"), remedy: w("failedRemedy") };
}
