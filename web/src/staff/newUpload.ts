import { say } from "../i18n";
import { h } from "../panels/dom";
import { templateUrl } from "./calls";
import { labelled, option } from "./controls";
import { layerOf, unitName, type Desk } from "./desk";
import { FileDrop } from "./fileDrop";
import { Sender } from "./sending";
import { isReviewer } from "./states";
import { w, words } from "./words";

const REMEMBERED = "geoplan.desk.layer";
const WHOLE_CITY = "";

/** Drop a file, say what it holds, send it. */
export function newUpload(desk: Desk): { element: HTMLElement; stop: () => void } {
  const layer = layerSelect(desk);
  const unit = unitSelect(desk);
  const sender = new Sender(desk);
  const missing = h("p", { class: "field-missing", role: "alert" });
  const drop = new FileDrop(() => {
    missing.textContent = "";
    if (layer.value === "") layer.focus();
    else submit.focus();
  }, w("dropHere"));
  const submit = h("button", { type: "submit", class: "act act-primary send" }, w("send"));
  const templates = h("p", { class: "templates muted" });
  const showTemplates = (): void => {
    const chosen = layerOf(desk.config, layer.value);
    templates.replaceChildren(
      ...(chosen
        ? [
            h("span", {}, w("templates", { layer: say(chosen.title) })),
            ...(["xlsx", "csv", "gpkg"] as const).map((ending) =>
              h("a", { href: templateUrl(chosen.id, ending), download: true, class: "template" }, words.templateKinds[ending]),
            ),
          ]
        : [w("templatesAfterLayer")]),
    );
  };
  layer.addEventListener("change", () => {
    missing.textContent = "";
    remember(layer.value);
    showTemplates();
  });
  showTemplates();

  const form = h(
    "form",
    { class: "new-upload", novalidate: true },
    h("div", { class: "new-upload-what" }, labelled(w("whichLayer"), layer), unit.element, templates),
    drop.element,
    h("div", { class: "new-upload-end" }, missing, sender.element, submit),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-busy") === "true") return;
    const lacking = drop.file === null ? "fileMissing" : layer.value === "" ? "layerMissing" : unit.value() === null ? "unitMissing" : null;
    missing.textContent = lacking ? w(lacking) : "";
    if (lacking === "fileMissing") drop.focus();
    else if (lacking === "layerMissing") layer.focus();
    else if (lacking === "unitMissing") unit.element.querySelector("select")?.focus();
    if (lacking || drop.file === null) return;
    submit.setAttribute("aria-busy", "true");
    void sender
      .send({ file: drop.file, layer: layer.value, unit: unit.value() || null })
      .finally(() => submit.removeAttribute("aria-busy"));
  });
  return {
    element: h("section", { class: "card", "aria-labelledby": "new-title" }, h("h2", { id: "new-title" }, w("newUpload")), form),
    stop: () => sender.stop(),
  };
}

function layerSelect({ config, me }: Desk): HTMLSelectElement {
  const known = remembered();
  // An indicator has no features, and takes no files.
  const layers = config.layers.filter(({ geometry, visibility }) => geometry !== "none" && (visibility !== "city" || isReviewer(me)));
  const groups = (["plan", "inventory"] as const).map((group) => {
    const own = layers.filter((layer) => layer.group === group);
    return own.length === 0
      ? null
      : h("optgroup", { label: words.groups[group] }, ...own.map(({ id, title }) => option(id, say(title), id === known)));
  });
  return h("select", { class: "select", id: "layer", required: true }, option("", w("chooseLayer")), ...groups);
}

/** The unit that reports: fixed for those who have one. */
function unitSelect(desk: Desk): { element: HTMLElement; value: () => string | null } {
  const { config, me } = desk;
  const units = isReviewer(me) ? config.units.map(({ code }) => code) : me.units;
  const [only] = units;
  if (units.length === 1 && only !== undefined) {
    return {
      element: h(
        "p",
        { class: "field" },
        h("span", { class: "field-label" }, w("whichUnit")),
        h("strong", { class: "field-fixed" }, unitName(config, only)),
      ),
      value: () => only,
    };
  }
  const select = h(
    "select",
    { class: "select", id: "unit", required: true },
    isReviewer(me) ? option(WHOLE_CITY, w("unitFromRows")) : option("", w("chooseUnit")),
    ...units.map((code) => option(code, unitName(config, code))),
  );
  return { element: labelled(w("whichUnit"), select), value: () => (select.value === "" && !isReviewer(me) ? null : select.value) };
}

function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return ""; // The browser keeps nothing for this page.
  }
}

function remember(layer: string): void {
  try {
    localStorage.setItem(REMEMBERED, layer);
  } catch {
    // The browser keeps nothing for this page.
  }
}
