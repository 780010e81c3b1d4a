import { h } from "../../panels/dom";
import { stateChip } from "../counts";
import { layerName, unitName, type Desk } from "../desk";
import { count, fileSize, moment } from "../format";
import { icon } from "../icons";
import { STAGES, stagesOf } from "../states";
import type { Upload } from "../types";
import { w, words } from "../words";

/** What the upload is, and how far it has come. */
export function head(desk: Desk, upload: Upload): HTMLElement {
  const back = h("a", { href: "#", class: "back" }, icon("back"), h("span", {}, w("backHome")));
  back.addEventListener("click", (event) => {
    event.preventDefault();
    desk.go({ view: "home", list: null });
  });
  const facts = [
    layerName(desk.config, upload.layer),
    unitName(desk.config, upload.unit),
    upload.account ?? "",
    moment(upload.created_at),
    fileSize(upload.size),
  ];
  return h(
    "header",
    { class: "upload-head" },
    back,
    h("div", { class: "upload-title" }, h("h1", { tabindex: "-1" }, upload.file_name), stateChip(upload.state)),
    h("p", { class: "muted" }, facts.filter(Boolean).join(" · ")),
    stages(upload),
  );
}

function stages(upload: Upload): HTMLElement {
  const found = stagesOf(upload.state);
  const items = STAGES.map((stage, i) =>
    h(
      "li",
      { class: "stage", "data-state": found[stage], "aria-current": found[stage] === "now" ? "step" : null },
      h(
        "span",
        { class: "stage-sign", "aria-hidden": "true" },
        found[stage] === "done" ? icon("ok", 22) : found[stage] === "stopped" ? icon("error", 22) : count(i + 1),
      ),
      h("span", {}, words.stageNames[stage], h("span", { class: "visually-hidden" }, `${w("colon")}${words.stageStates[found[stage]]}`)),
    ),
  );
  return h("ol", { class: "stages-bar", "aria-label": w("stages") }, ...items);
}
