import { h } from "../panels/dom";
import { action } from "./controls";
import { countBar, stateChip } from "./counts";
import { layerName, unitName, type Desk, type Screen } from "./desk";
import { catchStrayDrops } from "./fileDrop";
import { count, moment } from "./format";
import { failed } from "./controls";
import { said } from "./frame";
import { icon } from "./icons";
import { newUpload } from "./newUpload";
import { LISTS, uploadRoute, writeRoute, type List, type Route } from "./route";
import { isReviewer, isUnderWay } from "./states";
import type { UploadLine, UploadState } from "./types";
import { w, words } from "./words";

const LISTED = 30;
const AGAIN_MS = 3_000;
const WITHIN: Record<List, readonly UploadState[]> = {
  all: [],
  todo: ["received", "checking", "checked", "returned", "rejected"],
  review: ["submitted", "approved"],
  published: ["published", "rolled_back"],
};

/** My uploads, and the place to drop a new one; a reviewer finds what waits for them first. */
export function homeScreen(desk: Desk, route: Extract<Route, { view: "home" }>): Screen {
  const reviewer = isReviewer(desk.me);
  const list = new UploadList(desk, route.list ?? (reviewer ? "review" : "all"));
  const fresh = newUpload(desk);
  const free = catchStrayDrops();
  const element = h(
    "div",
    { class: "home" },
    h(
      "div",
      { class: "home-head" },
      h("h1", {}, w(reviewer ? "homeReviewer" : "homeStaff")),
      h("p", { class: "muted" }, w(reviewer ? "homeReviewerLead" : "homeStaffLead")),
    ),
    ...(reviewer ? [list.element, fresh.element] : [fresh.element, list.element]),
  );
  return {
    element,
    title: "",
    leave: () => {
      list.leave();
      fresh.stop();
      free();
    },
  };
}

class UploadList {
  readonly element: HTMLElement;
  private readonly body = h("div", { class: "uploads-body" });
  private readonly chips = new Map<List, HTMLButtonElement>();
  private pending: AbortController | null = null;
  private again: ReturnType<typeof setTimeout> | null = null;
  private lines: UploadLine[] = [];

  constructor(
    private readonly desk: Desk,
    private list: List,
  ) {
    const chips = LISTS.map((each) => {
      const chip = h("button", { type: "button", class: "chip" }, words.lists[each]);
      chip.addEventListener("click", () => this.choose(each));
      this.chips.set(each, chip);
      return chip;
    });
    this.element = h(
      "section",
      { class: "card uploads", "aria-labelledby": "uploads-title" },
      h(
        "div",
        { class: "card-head" },
        h("h2", { id: "uploads-title" }, w("uploads")),
        h("div", { class: "chips", role: "group", "aria-label": w("show") }, ...chips),
      ),
      this.body,
    );
    this.body.replaceChildren(h("p", { class: "muted", role: "status" }, w("loading")));
    this.choose(list, false);
  }

  leave(): void {
    this.pending?.abort();
    if (this.again) clearTimeout(this.again);
  }

  private choose(list: List, keep = true): void {
    this.list = list;
    for (const [each, chip] of this.chips) chip.setAttribute("aria-pressed", String(each === list));
    if (keep) this.desk.keep({ view: "home", list });
    void this.load();
  }

  private async load(after: string | null = null): Promise<void> {
    this.leave();
    const { signal } = (this.pending = new AbortController());
    this.desk.activity.begin("uploads");
    try {
      const { uploads, next } = await this.desk.calls.uploads({ state: WITHIN[this.list].join(","), limit: LISTED, after }, signal);
      this.lines = after === null ? uploads : [...this.lines, ...uploads];
      this.render(next);
      // What is being checked moves on by itself.
      if (this.lines.some(isUnderWay) && next === null) this.again = setTimeout(() => void this.load(), AGAIN_MS);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      if (!signal.aborted) this.desk.activity.end("uploads");
    }
  }

  private fail(error: unknown): void {
    if (this.lines.length > 0) {
      failed(this.body, error);
      return;
    }
    const { detail, remedy } = said(error);
    this.body.replaceChildren(
      h(
        "div",
        { class: "nothing", role: "alert" },
        h("strong", {}, detail),
        h("p", {}, remedy),
        action(w("retry"), () => this.load()),
      ),
    );
  }

  private render(next: string | null): void {
    if (this.lines.length === 0) {
      this.body.replaceChildren(this.nothing());
      return;
    }
    // The list may be made anew while it is read: the focus stays with its upload.
    const focused =
      document.activeElement instanceof HTMLElement && this.body.contains(document.activeElement)
        ? document.activeElement.dataset["id"]
        : undefined;
    this.body.replaceChildren(
      h("ul", { class: "upload-list" }, ...this.lines.map((line) => this.line(line))),
      next === null ? "" : action(w("moreUploads"), () => this.load(next)),
    );
    if (focused) this.body.querySelector<HTMLElement>(`[data-id="${focused}"]`)?.focus();
  }

  private line(line: UploadLine): HTMLElement {
    const { config } = this.desk;
    const facts = [
      layerName(config, line.layer),
      unitName(config, line.unit),
      line.account && !line.own ? line.account : "",
      moment(line.created_at),
    ];
    const link = h("a", { href: writeRoute(uploadRoute(line.id)), class: "upload-link", "data-id": line.id }, line.file_name);
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.desk.go(uploadRoute(line.id));
    });
    return h(
      "li",
      { class: "upload-line", "data-state": line.state },
      h(
        "div",
        { class: "upload-name" },
        icon("file", 22),
        h("div", {}, link, h("p", { class: "muted" }, facts.filter(Boolean).join(" · "))),
      ),
      h("div", { class: "upload-counts" }, line.counts && line.counts.rows > 0 ? countBar(line.counts) : null),
      h("div", { class: "upload-state" }, stateChip(line.state), line.corrects ? h("span", { class: "muted" }, w("isCorrection")) : null),
    );
  }

  private nothing(): HTMLElement {
    if (this.list !== "all") return h("p", { class: "nothing muted" }, words.nothingIn[this.list]);
    const steps = words.firstSteps.map((step, i) =>
      h("li", {}, h("span", { class: "step-number", "aria-hidden": "true" }, count(i + 1)), h("span", {}, step)),
    );
    return h("div", { class: "nothing" }, h("p", {}, h("strong", {}, w("nothingYet"))), h("ol", { class: "first-steps" }, ...steps));
  }
}
