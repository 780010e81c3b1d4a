import { h } from "../../panels/dom";
import type { Desk } from "../desk";
import { count } from "../format";
import { said } from "../frame";
import type { Progress, Upload } from "../types";
import { named, w, words } from "../words";
import { shareOf } from "./progress";
import { Watch } from "./watch";

/** A screen reader hears how far it is this often, not with every thousand rows. */
const ANNOUNCED_MS = 8_000;

/** How far the check of a file is. */
export class Checking {
  readonly element: HTMLElement;
  private readonly bar = h("progress", { class: "check-bar", max: 1, "aria-label": w("checkProgress") });
  private readonly words = h("p", { class: "check-words" });
  private readonly trouble = h("p", { class: "muted" });
  private readonly watch: Watch;
  private announced = 0;

  constructor(
    private readonly desk: Desk,
    upload: Upload,
    done: (upload: Upload) => void,
  ) {
    this.element = h(
      "section",
      { class: "card next next-busy", "aria-labelledby": "next-title" },
      h("h2", { id: "next-title" }, w("checkingTitle")),
      this.bar,
      this.words,
      this.trouble,
    );
    this.tell(upload.progress);
    this.watch = new Watch(
      desk,
      upload.id,
      (progress) => this.tell(progress),
      done,
      (error) => {
        const { detail } = said(error);
        this.trouble.textContent = w("stillTrying", { detail });
      },
    );
  }

  stop(): void {
    this.watch.stop();
  }

  private tell(progress: Progress | null): void {
    this.trouble.textContent = "";
    const share = shareOf(progress);
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
    const text = progressWords(progress);
    this.words.textContent = text;
    if (Date.now() - this.announced < ANNOUNCED_MS) return;
    this.announced = Date.now();
    this.desk.frame.announce(text);
  }
}

function progressWords(progress: Progress | null): string {
  if (!progress) return w("checkWaits");
  const step = named(words.steps, progress.step);
  if (progress.of) return w("progressOf", { step, done: count(progress.done), of: count(progress.of) });
  return progress.done > 0 ? w("progressSoFar", { step, done: count(progress.done) }) : w("progressBegun", { step });
}
