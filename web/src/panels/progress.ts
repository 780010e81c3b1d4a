import { fetchProgress, type Progress, type ProgressRow } from "../api";
import { hasPlace, type PageConfig, type TargetConfig } from "../config";
import { day } from "../format/numbers";
import { lang, t } from "../i18n";
import { targetKey, type PageStore } from "../state/page";
import { failure, h, part } from "./dom";
import { isHeld, targetCard } from "./target";
import { districtTable } from "./districts";

/** Targets against what is done. Opening one shows its layer on the map. */
export class ProgressPanel {
  private readonly cards = new Map<string, { button: HTMLButtonElement; body: HTMLElement; target: TargetConfig; filled: boolean }>();

  constructor(
    private readonly config: PageConfig,
    private readonly store: PageStore,
    private readonly zoomTo: (unit: string) => void,
  ) {
    store.on(["target"], (state) => this.open(state.target));
  }

  async load(): Promise<void> {
    const place = part("targets");
    place.replaceChildren(h("p", { class: "muted", role: "status" }, t("loading")));
    try {
      this.render(await fetchProgress());
    } catch {
      place.replaceChildren(failure(t("failedProgress"), t("retry"), () => void this.load()));
    }
  }

  private render(progress: Progress): void {
    if (progress.rows.some(isHeld)) {
      part("as-of").textContent = t("asOf", { date: day(progress.as_of, lang) });
      this.store.set({ asOf: progress.as_of });
    }
    if (progress.synthetic) this.store.set({ synthetic: true });
    const rows = new Map(progress.rows.filter((row) => row.unit === "city").map((row) => [targetKey(row.layer, row.target), row]));
    const card = (target: TargetConfig): HTMLElement => this.card(target, rows, progress.as_of);
    const first = this.config.targets.filter((target) => target.featured);
    const rest = this.config.targets.filter((target) => !target.featured);
    part("targets").replaceChildren(
      h("ul", { class: "targets" }, ...first.map(card)),
      rest.length === 0
        ? ""
        : h(
            "details",
            { class: "more" },
            h("summary", {}, t("moreTargets", { count: rest.length })),
            h("ul", { class: "targets" }, ...rest.map(card)),
          ),
    );
    this.open(this.store.get().target);
  }

  private card(target: TargetConfig, rows: Map<string, ProgressRow>, asOf: string): HTMLElement {
    const key = targetKey(target.layer, target.id);
    const layer = this.config.layers.find(({ id }) => id === target.layer);
    const made = targetCard(target, rows.get(key), layer, { id: `target-${key.replace(".", "-")}`, asOf });
    this.cards.set(key, { ...made, target, filled: false });
    made.button.addEventListener("click", () => this.choose(target, key));
    return made.card;
  }

  private choose(target: TargetConfig, key: string): void {
    const state = this.store.get();
    if (state.target === key) {
      this.store.set({ target: null });
      return;
    }
    const layer = this.config.layers.find(({ id }) => id === target.layer);
    const measure = layer?.measures.find(({ id }) => id === target.measure);
    this.store.set(
      layer && measure && hasPlace(layer)
        ? { target: key, theme: { layer, measure }, walk: null, layers: this.withLayer(layer.id) }
        : { target: key },
    );
  }

  private withLayer(id: string): string[] {
    const shown = new Set([...this.store.get().layers, id]);
    return this.config.layers.filter((layer) => shown.has(layer.id)).map((layer) => layer.id);
  }

  private open(opened: string | null): void {
    for (const [key, card] of this.cards) {
      const isOpen = key === opened;
      card.button.setAttribute("aria-expanded", String(isOpen));
      card.body.hidden = !isOpen;
      if (!isOpen) continue;
      card.body.closest("details")?.setAttribute("open", "");
      if (!card.filled) {
        card.filled = true;
        void districtTable(this.config, card.target, card.body, this.zoomTo);
      }
    }
  }
}
