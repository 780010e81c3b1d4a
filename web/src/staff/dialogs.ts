import { h } from "../panels/dom";
import { action } from "./controls";
import { w } from "./words";

interface Question {
  title: string;
  text?: string;
  /** Asks for words as well; they must be given unless they are optional. */
  reason?: { label: string; text?: string; max?: number; optional?: boolean };
  confirm: string;
  danger?: boolean;
  more?: Node | null;
}

/** Asks before something is done. The words given, "" where none were asked for; null: it is not to be done. */
export function ask({ title, text, reason, confirm, danger = false, more = null }: Question): Promise<string | null> {
  return new Promise((resolve) => {
    const id = `reason-${document.querySelectorAll("dialog").length}`;
    const input = reason
      ? h("textarea", { id, class: "text", rows: 3, required: !reason.optional, maxlength: reason.max ?? 1000, "aria-describedby": `${id}-missing` })
      : null;
    if (input && reason?.text) input.value = reason.text;
    const missing = h("p", { class: "field-missing", id: `${id}-missing`, role: "alert" });
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": `${id}-title` });
    const form = h(
      "form",
      { novalidate: true },
      h("h2", { id: `${id}-title` }, title),
      text ? h("p", {}, text) : null,
      more,
      input && reason ? h("label", { class: "field", for: id }, h("span", { class: "field-label" }, reason.label), input) : null,
      input ? missing : null,
      h(
        "div",
        { class: "dialog-acts" },
        action(w("cancel"), () => dialog.close()),
        h("button", { type: "submit", class: `act act-${danger ? "danger" : "primary"}` }, confirm),
      ),
    );
    dialog.append(form);
    let answer: string | null = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = input?.value.trim() ?? "";
      if (input && words === "" && !reason?.optional) {
        missing.textContent = w("reasonMissing");
        input.focus();
        return;
      }
      answer = words;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (input ?? form.querySelector<HTMLElement>(".act"))?.focus();
  });
}
