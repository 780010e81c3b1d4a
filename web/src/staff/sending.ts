import { h } from "../panels/dom";
import { newKey, type NewUpload } from "./calls";
import { action } from "./controls";
import type { Desk } from "./desk";
import { fileSize } from "./format";
import { said } from "./frame";
import { icon } from "./icons";
import { uploadRoute } from "./route";
import { w } from "./words";

/**
 * Sends a file and goes to its upload. While it is on its way the place shows how far it is; what fails
 * is said there, and the same attempt may be repeated without becoming a second upload.
 */
export class Sender {
  readonly element = h("div", { class: "sending" });
  private cancel: (() => void) | null = null;

  constructor(private readonly desk: Desk) {}

  async send(upload: NewUpload, key = newKey()): Promise<void> {
    const bar = h("progress", { max: 1, value: 0, "aria-label": w("sendingFile") });
    const words = h("span", { class: "muted" }, w("sendingFile"));
    const { answer, cancel } = this.desk.calls.send(upload, key, (sent, of) => {
      bar.value = of > 0 ? sent / of : 0;
      words.textContent = sent < of ? w("sent", { sent: fileSize(sent), of: fileSize(of) }) : w("received");
    });
    this.cancel = cancel;
    this.element.replaceChildren(
      bar,
      h(
        "div",
        { class: "sending-line" },
        words,
        action(w("cancel"), () => cancel(), { look: "link" }),
      ),
    );
    try {
      const { id, same_file } = await answer;
      this.desk.go(uploadRoute(id));
      if (same_file) this.desk.frame.note(w("sameFile"), w("sameFileRemedy"));
      else this.desk.frame.announce(w("received"));
    } catch (error) {
      this.element.replaceChildren();
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.element.replaceChildren(this.failure(error, () => this.send(upload, key)));
    } finally {
      this.cancel = null;
    }
  }

  stop(): void {
    this.cancel?.();
  }

  private failure(error: unknown, again: () => Promise<void>): HTMLElement {
    const { detail, remedy } = said(error);
    return h(
      "div",
      { class: "sending-failed", role: "alert" },
      icon("error"),
      h("div", {}, h("strong", {}, detail), remedy ? h("p", {}, remedy) : null),
      action(w("retry"), again),
    );
  }
}
