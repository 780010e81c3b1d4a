import { t } from "../i18n";
import { h } from "./dom";

/** A dialog over the page, gone once it is closed; Escape and its cross close it. */
export function dialog(title: string, ...content: (Node | string | null)[]): HTMLDialogElement {
  const close = h("button", { type: "button", class: "close", "aria-label": t("close") }, "×");
  const box = h(
    "dialog",
    { class: "dialog", "aria-label": title },
    h("div", { class: "section-head" }, h("h2", {}, title), close),
    ...content,
  );
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => {
    // A click on the dialog itself is one beside its content.
    if (event.target === box && !inside(box, event)) box.close();
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

function inside(box: HTMLElement, { clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
