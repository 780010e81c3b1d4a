import type { Identified, IdentifiedFeature } from "../api";
import type { FieldConfig, LayerConfig, PageConfig, Theme } from "../config";
import { feedbackButton } from "../feedback/button";
import { figureOf } from "../format/figures";
import { day, exact, withUnit } from "../format/numbers";
import { lang, nameOf, say, t } from "../i18n";
import { h } from "./dom";
import { symbolOf } from "./symbol";
import { statusWord } from "./target";
import { themeTitle } from "./theme";

const SHOWN = 12;

/** What lies at a place, in words. Every value becomes a text node. */
export function foundContent(
  config: PageConfig,
  found: Identified,
  hexagon: { theme: Theme; value: number } | null,
): HTMLElement {
  const { features } = found;
  return h(
    "div",
    { class: "found" },
    h("h2", { tabindex: "-1" }, found.district ? nameOf(found.district) : t("outside")),
    hexagon
      ? h("p", { class: "found-hexagon" }, `${t("inHexagon")}${t("colon")}${themeTitle(hexagon.theme)} `, h("strong", {}, figureOf(hexagon.theme, hexagon.value)))
      : null,
    features.length === 0 && !hexagon ? h("p", { class: "muted" }, t("nothingHere")) : null,
    ...features.slice(0, SHOWN).map((feature, i) => featureContent(config, feature, i === 0)),
    found.matched > SHOWN ? h("p", { class: "muted" }, t("more", { count: found.matched - SHOWN })) : null,
  );
}

function featureContent(config: PageConfig, feature: IdentifiedFeature, open: boolean): HTMLElement {
  const layer = config.layers.find(({ id }) => id === feature.layer);
  const title = layer ? say(layer.title) : feature.layer;
  const name = nameOf(feature) || title;
  return h(
    "details",
    { class: "found-feature", open },
    h(
      "summary",
      {},
      layer ? symbolOf(layer) : null,
      h("span", {}, h("strong", {}, name), h("span", { class: "found-kind" }, title)),
    ),
    h("dl", { class: "facts" }, ...facts(config, layer, feature).flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)])),
    sourceLine(feature),
    feedbackButton({ layer: feature.layer, feature: feature.id, name }),
  );
}

function facts(config: PageConfig, layer: LayerConfig | undefined, feature: IdentifiedFeature): [string, string][] {
  const made: [string, string][] = [[t("status"), statusWord(feature.status)]];
  for (const measure of layer?.measures ?? []) {
    const value = feature.measures[measure.id];
    // "1 piece" of a single place says nothing.
    if (value === undefined || (measure.id === "count" && value === 1)) continue;
    made.push([say(measure.title), withUnit(exact(value, Math.max(measure.decimals, value < 1 ? 2 : 0), lang), measure.unit, lang)]);
  }
  const measured = new Set(layer?.measures.map(({ id }) => id));
  for (const field of layer?.fields ?? []) {
    const value = feature.properties[field.id];
    if (measured.has(field.id) || value === null || value === undefined || value === "") continue;
    made.push([say(field.title), fieldValue(field, value)]);
  }
  const unit = config.units.find(({ code }) => code === feature.unit);
  if (unit) made.push([t("reports"), say(unit.name)]);
  if (feature.started_on) made.push([t("startedOn"), day(feature.started_on, lang)]);
  if (feature.finished_on) made.push([t("finishedOn"), day(feature.finished_on, lang)]);
  return made;
}

function fieldValue(field: FieldConfig, value: unknown): string {
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "number") return field.unit ? withUnit(exact(value, 2, lang), field.unit, lang) : exact(value, 2, lang);
  const known = field.values[String(value)];
  if (known) return say(known);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sourceLine(feature: IdentifiedFeature): HTMLElement | null {
  const { source } = feature;
  const title = source ? (typeof source.title === "string" ? source.title : say(source.title)) : "";
  if (!title && !feature.synthetic) return null;
  return h(
    "p",
    { class: "found-source" },
    feature.synthetic ? h("span", { class: "tag" }, t("synthetic")) : null,
    title ? `${t("source")}${t("colon")}${title}` : null,
    source?.attribution && source.attribution !== title ? h("span", { class: "muted" }, ` ${source.attribution}`) : null,
  );
}
