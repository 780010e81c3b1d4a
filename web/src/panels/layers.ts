import { hasPlace, type LayerConfig, type PageConfig, type Status } from "../config";
import { say, t, words } from "../i18n";
import { inOrder, type Page, type PageStore } from "../state/page";
import { h, part } from "./dom";
import { statusWord } from "./target";
import { symbolOf } from "./symbol";

const KEY: Status[] = ["open", "building", "planned", "stopped"];

/** Layers on and off, each with the symbol that the map draws. */
export function layersPanel(config: PageConfig, store: PageStore, hasRaster: boolean): void {
  const boxes: { input: HTMLInputElement; isOn: (page: Page) => boolean }[] = [];
  const box = (id: string, label: (Node | string | null)[], isOn: (page: Page) => boolean, turn: (on: boolean) => void): HTMLElement => {
    const input = h("input", { type: "checkbox", id: `layer-${id}` });
    input.addEventListener("change", () => turn(input.checked));
    boxes.push({ input, isOn });
    return h("li", {}, h("label", { class: "layer", for: input.id }, input, ...label));
  };
  const layerBox = (layer: LayerConfig): HTMLElement =>
    box(
      layer.id,
      [symbolOf(layer), h("span", {}, say(layer.title))],
      (page) => page.layers.includes(layer.id),
      (on) => {
        const shown = store.get().layers.filter((id) => id !== layer.id);
        store.set({ layers: inOrder(config, on ? [...shown, layer.id] : shown) });
      },
    );
  const group = (title: string, items: HTMLElement[]): HTMLElement | null =>
    items.length === 0
      ? null
      : h("fieldset", { class: "layer-group" }, h("legend", {}, title), h("ul", { class: "layer-list" }, ...items));
  const shown = config.layers.filter(hasPlace);
  const groups = [
    group(words.groups.plan, shown.filter((layer) => layer.group === "plan").map(layerBox)),
    group(words.groups.inventory, shown.filter((layer) => layer.group !== "plan").map(layerBox)),
    group(words.groups.ground, [
      box("districts", [t("districts")], (page) => page.districts, (districts) => store.set({ districts })),
      box("ground", [t("baseMap")], (page) => page.ground, (ground) => store.set({ ground })),
      ...(hasRaster ? [box("raster", [t("satellite")], (page) => page.raster, (raster) => store.set({ raster }))] : []),
    ]),
  ];
  part("layers").append(...groups.filter((made) => made !== null), statusKey());
  const show = (): void => {
    for (const { input, isOn } of boxes) input.checked = isOn(store.get());
  };
  store.on(["layers", "districts", "ground", "raster"], show);
  show();
}

/** How a stage shows, once for all layers. */
function statusKey(): HTMLElement {
  const sample = { color: "#44565e", symbol: "circle" };
  return h(
    "div",
    { class: "status-key" },
    h("h3", {}, t("statusKey")),
    h(
      "ul",
      {},
      ...KEY.map((status) =>
        h(
          "li",
          {},
          symbolOf({ ...sample, geometry: "point" }, status),
          symbolOf({ ...sample, geometry: "line" }, status),
          h("span", {}, status === "open" ? t("stageDone") : statusWord(status)),
        ),
      ),
    ),
    h("p", { class: "muted" }, t("fewerAtSmallScale")),
  );
}
