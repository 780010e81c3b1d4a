import { h } from "../../panels/dom";
import { icon } from "../icons";
import type { Issue } from "../types";
import { w, words } from "../words";

const ORDER = ["error", "warning", "info"] as const;

/** What is to be said of the file as a whole, the gravest first. Null when there is nothing. */
export function findings(issues: readonly Issue[]): HTMLElement | null {
  if (issues.length === 0) return null;
  const sorted = [...issues].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return h(
    "section",
    { class: "card findings", "aria-labelledby": "findings-title" },
    h("h2", { id: "findings-title" }, w("findings")),
    h("ul", { class: "issues" }, ...sorted.map((issue) => issueItem(issue))),
  );
}

/** One finding: how grave, where, what stands there, what is wrong, what to do. */
export function issueItem(issue: Issue, { cell = null, action = null }: { cell?: string | null; action?: Node | null } = {}): HTMLElement {
  const column = issue.column ? w("column", { column: issue.column }) : "";
  const place = [cell && column ? `${cell} · ${column}` : column, issue.value ? w("found", { value: issue.value }) : ""].filter(Boolean);
  return h(
    "li",
    { class: `issue is-${issue.severity}`, "data-code": issue.code },
    h(
      "span",
      { class: "issue-sign" },
      icon(issue.severity, 20),
      h("span", { class: "visually-hidden" }, `${words.severities[issue.severity]}${w("colon")}`),
    ),
    h(
      "div",
      { class: "issue-words" },
      place.length > 0 ? h("p", { class: "issue-place" }, place.join(w("comma"))) : null,
      h("p", { class: "issue-detail" }, issue.detail),
      issue.remedy ? h("p", { class: "issue-remedy" }, icon("right", 16), h("span", {}, issue.remedy)) : null,
      action,
    ),
  );
}
