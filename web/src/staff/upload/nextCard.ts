import { lang } from "../../i18n";
import { h } from "../../panels/dom";
import { reportUrl } from "../calls";
import { action, linkAction } from "../controls";
import type { Desk } from "../desk";
import { ask } from "../dialogs";
import { count } from "../format";
import { icon, type IconName } from "../icons";
import { allowed } from "../states";
import type { Filter, Upload } from "../types";
import { fill } from "../fill";
import { w, words } from "../words";
import { nextOf, type Next } from "./next";

export interface NextActs {
  /** A step of the workflow was taken: the upload as it is now. */
  stepped: (upload: Upload, said: string) => void;
  showRows: (filter: Filter) => void;
  showCrs: () => void;
  sendCorrected: () => void;
}

const SIGNS: Record<Next, IconName> = {
  checking: "clock",
  rejected: "error",
  crs: "warning",
  errors: "error",
  warnings: "warning",
  ready: "ok",
  nothingValid: "error",
  waiting: "clock",
  review: "info",
  returned: "back_turn",
  publish: "ok",
  published: "ok",
  publishedPart: "ok",
  rolledBack: "back_turn",
};

/** The one thing that is to be done now, said in words, with the buttons for it. */
export function nextCard(desk: Desk, upload: Upload, acts: NextActs): HTMLElement {
  const next = nextOf(desk.me, upload);
  const { title, text } = words.next[next];
  const { counts } = upload;
  const places = {
    error: count(counts?.error ?? 0),
    warning: count(counts?.warning ?? 0),
    ok: count(counts?.ok ?? 0),
    rows: count(counts?.rows ?? 0),
    ready: count(counts?.ready ?? 0),
    open: count(counts?.open ?? 0),
    published: count(counts?.published ?? 0),
    left: count((counts?.ready ?? 0) + (counts?.open ?? 0)),
    returned: count(counts?.returned ?? 0),
  };
  return h(
    "section",
    { class: `card next next-${next}`, "aria-labelledby": "next-title", id: "next" },
    h("div", { class: "next-sign", "aria-hidden": "true" }, icon(SIGNS[next], 30)),
    h(
      "div",
      { class: "next-words" },
      h("h2", { id: "next-title", tabindex: "-1" }, fill(title, places)),
      h("p", {}, fill(text, places)),
      upload.note && (next === "returned" || next === "rolledBack") ? h("blockquote", { class: "note" }, upload.note) : null,
    ),
    h("div", { class: "next-acts" }, ...buttons(desk, upload, next, acts)),
  );
}

function buttons(desk: Desk, upload: Upload, next: Next, acts: NextActs): (Node | null)[] {
  const { calls } = desk;
  const report = (look: "primary" | "plain"): Node =>
    linkAction(w("report"), reportUrl(upload.id), { look, icon: "download", as: { download: true } });
  const corrected = action(w("sendCorrected"), () => acts.sendCorrected(), { icon: "upload" });
  const submit = (label: string, validOnly: boolean, look: "primary" | "plain"): Node =>
    action(
      label,
      async () => {
        if (
          validOnly &&
          (await ask({ title: w("submitValidTitle"), text: w("submitValidText", { open: count(open) }), confirm: label })) === null
        )
          return;
        acts.stepped(await calls.submit(upload.id, upload.version, validOnly), w("submitted"));
      },
      { look },
    );
  const ready = upload.counts?.ready ?? 0;
  const open = upload.counts?.open ?? 0;
  const may = allowed(desk.me, upload);
  switch (next) {
    case "rejected":
    case "nothingValid":
      return [corrected];
    case "crs":
      return [action(w("crsGo"), () => acts.showCrs(), { look: "primary", icon: "pin" })];
    case "errors":
      return [report("primary"), corrected, ready > 0 ? submit(w("submitValid", { n: count(ready) }), true, "plain") : null];
    case "warnings":
      return [
        action(w("seeWarnings"), () => acts.showRows("open"), { look: "primary" }),
        report("plain"),
        ready > 0 ? submit(w("submitValid", { n: count(ready) }), true, "plain") : null,
      ];
    case "ready":
      return [submit(w("submitAll", { n: count(ready) }), false, "primary"), report("plain")];
    case "returned":
      return [
        report("primary"),
        corrected,
        ready > 0 ? submit(w("submitAgain", { n: count(ready) }), open > 0, "plain") : null,
        may.rollback ? rollbackButton(desk, upload, acts) : null,
      ];
    case "review":
      return reviewButtons(desk, upload, acts);
    case "publish":
      return [
        action(w("publish"), async () => acts.stepped(await calls.publish(upload.id, upload.version), w("publishedSaid")), {
          look: "primary",
        }),
      ];
    case "published":
    case "publishedPart":
      return [
        ready > 0 ? submit(w("submitAgain", { n: count(ready) }), open > 0, "primary") : null,
        next === "publishedPart" ? corrected : null,
        linkAction(w("seeOnMap"), mapAddress(upload, null), { icon: "pin", as: { "data-part": "see-on-map" } }),
        report("plain"),
        may.rollback ? rollbackButton(desk, upload, acts) : null,
      ];
    default:
      return [report("plain")];
  }
}

function reviewButtons({ calls }: Desk, upload: Upload, acts: NextActs): Node[] {
  const ready = upload.counts?.ready ?? 0;
  const returned = upload.counts?.returned ?? 0;
  const places = { ready: count(ready), n: count(returned) };
  const approve = action(
    returned > 0 ? w("approveRest", places) : w("approve"),
    async () => {
      if (
        (await ask({
          title: w("approveTitle", places),
          text: w(returned > 0 ? "approveRestText" : "approveText", places),
          confirm: w("approve"),
        })) === null
      )
        return;
      acts.stepped(await calls.approve(upload.id, upload.version), w("publishedSaid"));
    },
    { look: "primary", icon: "ok", as: { disabled: ready === 0 } },
  );
  const back = action(
    returned > 0 ? w("returnRows", places) : w("return"),
    async () => {
      const reason = await ask({
        title: returned > 0 ? w("returnRows", places) : w("return"),
        text: w(returned > 0 ? "returnRowsText" : "returnText"),
        reason: { label: w("returnReason"), ...(returned > 0 ? { text: w("returnRowsReason", places) } : {}) },
        confirm: w("return"),
      });
      if (reason === null) return;
      acts.stepped(await calls.giveBack(upload.id, upload.version, reason), w("returnedSaid"));
    },
    { icon: "back_turn" },
  );
  return [approve, back];
}

function rollbackButton({ calls }: Desk, upload: Upload, acts: NextActs): Node {
  return action(
    w("rollback"),
    async () => {
      const reason = await ask({
        title: w("rollbackTitle"),
        text: w("rollbackText"),
        reason: { label: w("rollbackReason") },
        confirm: w("rollback"),
        danger: true,
      });
      if (reason === null) return;
      acts.stepped(await calls.rollback(upload.id, upload.version, reason), w("rolledBackSaid"));
    },
    { look: "danger" },
  );
}

/** The public map with the upload's layer on, where its rows lie. */
export function mapAddress({ layer }: Upload, centre: { lat: number; lng: number } | null): string {
  const view = centre ? `map=15/${centre.lat.toFixed(4)}/${centre.lng.toFixed(4)}&` : "";
  return `/?lang=${lang}#${view}on=${layer}`;
}
