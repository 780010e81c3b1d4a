import { h } from "../../panels/dom";
import { action, failed } from "../controls";
import { countBar } from "../counts";
import type { Desk, Screen } from "../desk";
import { catchStrayDrops, FileDrop } from "../fileDrop";
import { said } from "../frame";
import { Problem } from "../problem";
import type { Route } from "../route";
import { Sender } from "../sending";
import { allowed, isUnderWay } from "../states";
import type { Upload } from "../types";
import { w } from "../words";
import type { ReadChoices } from "../calls";
import { changesSection } from "./changes";
import { Checking } from "./checking";
import { columnsSection } from "./columns";
import { CrsSection } from "./crs";
import { findings } from "./findings";
import { head } from "./head";
import { historySection } from "./history";
import { isUndecided } from "./next";
import { mapAddress, nextCard } from "./nextCard";
import { PreviewSection } from "./preview";
import { RowsSection } from "./rows";

type UploadRoute = Extract<Route, { view: "upload" }>;
/** Where the focus goes once the screen is built: to its name, or to what is to be done. */
type Focus = "h1" | "h2" | null;

/** One upload: what is to be done, what was found, its rows on the map, how it was read, what happened to it. */
export function uploadScreen(desk: Desk, route: UploadRoute, focus: boolean): Screen {
  const screen = new UploadScreen(desk, route);
  void screen.load(focus ? "h1" : null);
  return { element: screen.element, title: "", leave: () => screen.leave() };
}

class UploadScreen {
  readonly element = h("div", { class: "upload" }, h("p", { class: "desk-loading", role: "status" }, w("loading")));
  private readonly headPlace = h("div");
  private readonly nextPlace = h("div", { class: "next-place" });
  private readonly correctedPlace = h("div");
  private readonly free = catchStrayDrops();
  private upload: Upload | null = null;
  private checking: Checking | null = null;
  private rows: RowsSection | null = null;
  private crs: CrsSection | null = null;
  private preview: PreviewSection | null = null;
  private sender: Sender | null = null;
  private left = false;

  constructor(
    private readonly desk: Desk,
    private readonly route: UploadRoute,
  ) {
    // Somebody else has taken a step meanwhile: what they did is shown beside the words of the service.
    this.element.addEventListener("failed", (event) => {
      if (isStale((event as CustomEvent<unknown>).detail)) void this.load(null);
    });
  }

  leave(): void {
    this.left = true;
    this.free();
    this.clear();
    this.sender?.stop();
  }

  async load(focus: Focus): Promise<void> {
    this.desk.activity.begin("upload");
    try {
      const upload = await this.desk.calls.upload(this.route.id);
      if (!this.left) this.render(upload, focus);
    } catch (error) {
      if (!this.left) this.fail(error);
    } finally {
      this.desk.activity.end("upload");
    }
  }

  private fail(error: unknown): void {
    const { detail, remedy } = said(error);
    const home = action(w("backHome"), () => this.desk.go({ view: "home", list: null }));
    this.element.replaceChildren(
      h(
        "div",
        { class: "nothing", role: "alert" },
        h("h1", {}, detail),
        h("p", {}, remedy),
        h(
          "div",
          { class: "row-acts" },
          action(w("retry"), () => this.load("h1")),
          home,
        ),
      ),
    );
  }

  private clear(): void {
    this.checking?.stop();
    this.rows?.leave();
    this.preview?.leave();
    this.desk.map.leave();
    this.checking = null;
    this.rows = null;
    this.crs = null;
    this.preview = null;
  }

  /** Builds the whole screen for an upload as it is now. */
  private render(upload: Upload, focus: Focus): void {
    this.clear();
    this.upload = upload;
    this.desk.frame.name(upload.file_name);
    this.showHead();
    const parts: (Node | null)[] = [this.headPlace, this.nextPlace, this.correctedPlace];
    this.correctedPlace.replaceChildren();
    if (isUnderWay(upload)) {
      this.checking = new Checking(this.desk, upload, (done) => this.render(done, "h2"));
      this.nextPlace.replaceChildren(this.checking.element);
    } else {
      this.showNext();
      parts.push(...this.sections(upload));
    }
    parts.push(historySection(upload));
    this.element.replaceChildren(...parts.filter((each): each is Node => each !== null));
    this.placeMap();
    if (focus) this.element.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
  }

  private sections(upload: Upload): (Node | null)[] {
    const may = allowed(this.desk.me, upload);
    const undecided = isUndecided(upload.crs);
    const reviewed = upload.state === "submitted" || upload.state === "approved";
    if (upload.crs && upload.crs.candidates.length > 0 && (undecided || may.reread)) {
      this.crs = new CrsSection(this.desk, upload, may.reread, (crs) => this.readAgain({ crs }));
    }
    if (upload.counts && upload.counts.rows > 0) {
      this.rows = new RowsSection(
        this.desk,
        upload,
        this.route,
        (changed) => this.worked(changed),
        () => this.linkMap(),
      );
      void this.rows.load();
    }
    if (reviewed) this.preview = new PreviewSection(this.desk, upload);
    return [
      undecided ? (this.crs?.element ?? null) : null,
      this.preview?.element ?? null,
      changesSection(this.desk, upload, (row) => void this.rows?.goTo(row)),
      findings(upload.file_issues),
      this.rows?.element ?? null,
      columnsSection(this.desk, upload, may.reread, (choices) => this.readAgain(choices)),
      !undecided && this.crs ? this.foldedCrs(this.crs) : null,
    ];
  }

  /** Once it is decided the choice is folded away; the map goes to it while it is open. */
  private foldedCrs(crs: CrsSection): HTMLElement {
    crs.element.classList.remove("card");
    crs.element.querySelector("h2")?.remove();
    crs.element.removeAttribute("aria-labelledby");
    const box = h(
      "details",
      { class: "card folded" },
      h("summary", {}, h("h2", {}, w("crsFolded")), h("span", { class: "muted" }, this.upload?.crs?.detail ?? "")),
      crs.element,
    );
    box.addEventListener("toggle", () => this.placeMap(box.open));
    return box;
  }

  private placeMap(crsOpen = false): void {
    const undecided = isUndecided(this.upload?.crs ?? null);
    if (this.crs && (undecided || crsOpen)) {
      this.rows?.giveMap();
      this.desk.map.enter(this.crs.mapPlace);
      this.desk.map.hold(this.upload?.layer ?? null);
      this.crs.draw();
      this.desk.map.fit();
    } else if (this.rows) {
      this.desk.map.enter(this.rows.mapPlace);
      this.rows.takeMap();
    }
  }

  private showHead(): void {
    const { upload } = this;
    if (!upload) return;
    const counts = upload.counts && upload.counts.rows > 0 ? h("div", { class: "upload-sum" }, countBar(upload.counts)) : null;
    this.headPlace.replaceChildren(head(this.desk, upload), ...(counts ? [counts] : []));
  }

  private showNext(): void {
    const { upload } = this;
    if (!upload) return;
    this.nextPlace.replaceChildren(
      nextCard(this.desk, upload, {
        stepped: (stepped, words) => this.stepped(stepped, words),
        showRows: (filter) => void this.rows?.only(filter),
        showCrs: () => {
          this.crs?.element.scrollIntoView({ block: "start" });
          this.crs?.element.focus({ preventScroll: true });
        },
        sendCorrected: () => this.sendCorrected(),
      }),
    );
  }

  private stepped(upload: Upload, words: string): void {
    this.desk.frame.hush();
    this.desk.frame.announce(words);
    this.render(upload, "h2");
    window.scrollTo(0, 0);
  }

  /** Rows were worked on: counts and what is to be done are other ones, the list stays where it is. */
  private worked(upload: Upload): void {
    this.upload = upload;
    this.showHead();
    this.showNext();
    this.preview?.renew();
  }

  /** The way to the public map leads to where the rows lie. */
  private linkMap(): void {
    const link = this.nextPlace.querySelector<HTMLAnchorElement>('[data-part="see-on-map"]');
    if (link && this.upload) link.href = mapAddress(this.upload, this.desk.map.centre());
  }

  private async readAgain(choices: ReadChoices): Promise<void> {
    const { upload } = this;
    if (!upload) return;
    try {
      this.stepped(await this.desk.calls.readAgain(upload.id, upload.version, choices), w("readingAgain"));
    } catch (error) {
      failed(this.element, error);
    }
  }

  private sendCorrected(): void {
    const { upload } = this;
    if (!upload) return;
    const sender = (this.sender = new Sender(this.desk));
    const drop = new FileDrop(
      (file) => void sender.send({ file, layer: upload.layer, unit: upload.unit, corrects: upload.id }),
      w("dropCorrected"),
      "corrected",
    );
    this.correctedPlace.replaceChildren(
      h(
        "section",
        { class: "card corrected", "aria-labelledby": "corrected-title" },
        h("h2", { id: "corrected-title" }, w("sendCorrected")),
        h("p", { class: "muted" }, w("correctedLead")),
        drop.element,
        sender.element,
      ),
    );
    this.correctedPlace.scrollIntoView({ block: "nearest" });
    drop.focus();
  }
}

const isStale = (error: unknown): boolean => error instanceof Problem && (error.status === 409 || error.status === 412);
