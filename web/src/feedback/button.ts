import type L from "leaflet";
import { lang } from "../i18n";
import { h } from "../panels/dom";
import type { About } from "./form";

const LABEL = lang === "en" ? "Report a mistake" : "报错或反馈";
const FAILED = lang === "en" ? "The form could not be loaded; try again." : "表单未能加载，请重试。";

let map: L.Map | null = null;

/** Lets the pop-ups of this page take remarks. */
export function takeFeedback(of: L.Map): void {
  map = of;
}

/** Leads to the form for a remark on a feature; null on a page that takes none. The form comes when it is asked for. */
export function feedbackButton(about: About): HTMLElement | null {
  if (!map) return null;
  const shown = map;
  const button = h("button", { type: "button", class: "button found-report" }, LABEL);
  const note = h("span", { class: "failure", role: "alert", hidden: true }, FAILED);
  button.addEventListener("click", () => {
    note.hidden = true;
    import("./form").then(
      ({ openForm }) => openForm(shown, about, button),
      () => {
        note.hidden = false;
      },
    );
  });
  return h("p", { class: "found-reports" }, button, note);
}
