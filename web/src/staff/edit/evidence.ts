import { h } from "../../panels/dom";
import { action, labelled, linkAction } from "../controls";
import { ask } from "../dialogs";
import { fileSize, moment } from "../format";
import { said } from "../frame";
import { icon } from "../icons";
import type { Evidence, Features } from "./calls";
import { byWhom } from "./history";
import { e } from "./words";

const ENDINGS = ".jpg,.jpeg,.png,.webp,.pdf";

/** Photos and documents of a feature: seen by its unit and by reviewers, attached and taken off by who may change it. */
export class EvidenceSection {
  readonly element = h("div", { class: "edit-evidence" });
  private readonly list = h("ul", { class: "evidence-list" });
  private readonly wrong = h("p", { class: "field-missing", role: "alert" });
  private stop: (() => void) | null = null;

  constructor(
    private readonly features: Features,
    private readonly id: string,
    private readonly editable: boolean,
    private readonly counted: (n: number) => void,
    private readonly announce: (text: string) => void,
  ) {
    this.element.append(h("p", { class: "muted" }, e("evidenceLead")), this.list, ...(editable ? [this.form()] : []));
  }

  async load(): Promise<void> {
    const found = await this.features.evidence(this.id);
    this.counted(found.length);
    this.list.replaceChildren(
      ...(found.length > 0 ? found.map((one) => this.line(one)) : [h("li", { class: "muted" }, e("evidenceNone"))]),
    );
  }

  leave(): void {
    this.stop?.();
  }

  private line(one: Evidence): HTMLElement {
    const facts = [fileSize(one.bytes), byWhom(one.by), moment(one.added_at)].join(" · ");
    const off = async (): Promise<void> => {
      const sure = await ask({ title: e("detachTitle", { name: one.file_name }), text: e("detachText"), confirm: e("detach"), danger: true });
      if (sure === null) return;
      await this.features.detach(this.id, one.id);
      this.announce(e("detached"));
      await this.load();
    };
    return h(
      "li",
      { class: "evidence-line" },
      icon("file", 22),
      h(
        "div",
        {},
        linkAction(one.file_name, one.href, { look: "link", as: { download: true } }),
        one.note ? h("p", {}, one.note) : null,
        h("p", { class: "muted" }, facts),
      ),
      this.editable ? action(e("detach"), off, { look: "danger" }) : null,
    );
  }

  private form(): HTMLElement {
    const file = h("input", { type: "file", class: "drop-input", id: "evidence-file", accept: ENDINGS, "aria-describedby": "evidence-formats" });
    const chosenWords = h("span", {}, e("evidenceChoose"));
    file.addEventListener("change", () => {
      this.wrong.textContent = "";
      chosenWords.textContent = file.files?.[0]?.name ?? e("evidenceChoose");
    });
    const note = h("input", { class: "input", type: "text", maxlength: 500, autocomplete: "off" });
    const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": e("attach") });
    const send = async (): Promise<void> => {
      const [chosen] = file.files ?? [];
      this.wrong.textContent = chosen ? "" : e("attachMissing");
      if (!chosen) {
        file.focus();
        return;
      }
      bar.hidden = false;
      const { answer, cancel } = this.features.attach(this.id, chosen, note.value.trim(), (sent, of) => {
        bar.value = of > 0 ? sent / of : 0;
      });
      this.stop = cancel;
      try {
        await answer;
        file.value = "";
        chosenWords.textContent = e("evidenceChoose");
        note.value = "";
        this.announce(e("attached"));
        await this.load();
      } catch (error) {
        if (error instanceof DOMException) return;
        const { detail, remedy } = said(error);
        this.wrong.textContent = `${detail} ${remedy}`;
        file.focus();
      } finally {
        bar.hidden = true;
        this.stop = null;
      }
    };
    return h(
      "div",
      { class: "edit-attach" },
      h(
        "div",
        { class: "field edit-file" },
        h("span", { class: "field-label" }, e("evidenceFile")),
        file,
        h("label", { class: "act", for: "evidence-file" }, icon("file"), chosenWords),
        h("span", { class: "field-note", id: "evidence-formats" }, e("evidenceFormats")),
      ),
      labelled(e("evidenceNote"), note),
      bar,
      this.wrong,
      h("div", { class: "row-acts" }, action(e("attach"), send, { icon: "upload" })),
    );
  }
}
