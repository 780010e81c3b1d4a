import type LeafletNamespace from "leaflet";
import { drawLevel, levelsOf } from "../map/levels";
import { paintOf } from "../map/palette";
import { SIDE_PANES } from "./swipe";

/**
 * The map as it stands, from its canvases. Raster tiles of other origins are left out: a browser lets
 * nobody read a canvas that they were drawn on.
 *
 * swipe  per cent of the width that the first pane of hexagons covers; null: one pane.
 */
export function mapPicture(map: LeafletNamespace.Map, ratio: number, swipe: number | null): HTMLCanvasElement {
  const { x: width, y: height } = map.getSize();
  const picture = document.createElement("canvas");
  picture.width = Math.round(width * ratio);
  picture.height = Math.round(height * ratio);
  const ctx = picture.getContext("2d");
  if (!ctx) return picture;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = paintOf("var(--outside)");
  ctx.fillRect(0, 0, width, height);
  const frame = map.getContainer().getBoundingClientRect();
  const middle = swipe === null ? null : (width * swipe) / 100;
  for (const level of levelsOf(map)) {
    ctx.save();
    const side = SIDE_PANES.findIndex((name) => name === level.pane);
    if (middle !== null && side >= 0) {
      ctx.beginPath();
      ctx.rect(side === 0 ? 0 : middle, 0, side === 0 ? middle : width - middle, height);
      ctx.clip();
    }
    drawLevel(ctx, level, frame);
    ctx.restore();
  }
  if (middle !== null) {
    ctx.fillStyle = paintOf("var(--ink)");
    ctx.fillRect(middle - 1, 0, 2, height);
  }
  return picture;
}

export interface Caption {
  title: string;
  tag: string | null;
  facts: string[];
  /** Words at the upper corners of a compared map. */
  sides: [string, string] | null;
  unit: string;
  key: { color: string; words: string }[];
  sources: string[];
}

const PAD = 24;
const MIN_WIDTH = 640;

/** The map with its title above, its key and sources below. */
export function captioned(map: HTMLCanvasElement, ratio: number, caption: Caption): HTMLCanvasElement {
  const font = getComputedStyle(document.body).fontFamily;
  const mapWidth = map.width / ratio;
  const mapHeight = map.height / ratio;
  const width = Math.max(MIN_WIDTH, mapWidth + 2 * PAD);
  const probe = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  const wrap = (text: string, size: number, room: number): string[] => {
    probe.font = `${size}px ${font}`;
    return wrapped(text, room, (part) => probe.measureText(part).width);
  };
  const inner = width - 2 * PAD;
  const facts = wrap(caption.facts.join(" · "), 13, inner);
  const sources = caption.sources.flatMap((line) => wrap(line, 11.5, inner));
  const keys = flow(caption.key, inner, (text) => {
    probe.font = `13px ${font}`;
    return 34 + probe.measureText(text).width + 18;
  });
  const head = PAD + 30 + facts.length * 19 + 12;
  const height = head + mapHeight + 14 + 20 + keys.length * 22 + 10 + sources.length * 17 + PAD;
  const picture = document.createElement("canvas");
  picture.width = Math.round(width * ratio);
  picture.height = Math.round(height * ratio);
  const ctx = picture.getContext("2d") as CanvasRenderingContext2D;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = paintOf("var(--paper)");
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = "top";
  const text = (line: string, x: number, y: number, size: number, color = "var(--ink)", weight = 400): void => {
    ctx.font = `${weight} ${size}px ${font}`;
    ctx.fillStyle = paintOf(color);
    ctx.fillText(line, x, y);
  };
  text(caption.title, PAD, PAD - 4, 21, "var(--ink)", 600);
  if (caption.tag) {
    const at = PAD + ctx.measureText(caption.title).width + 12;
    text(caption.tag, at, PAD + 3, 13, "var(--caution)", 600);
  }
  facts.forEach((line, i) => text(line, PAD, PAD + 28 + i * 19, 13, "var(--ink-soft)"));
  const left = (width - mapWidth) / 2;
  ctx.drawImage(map, left, head, mapWidth, mapHeight);
  caption.sides?.forEach((words, i) => {
    ctx.font = `600 13px ${font}`;
    const room = ctx.measureText(words).width + 16;
    const x = i === 0 ? left + 8 : left + mapWidth - room - 8;
    ctx.fillStyle = paintOf("var(--paper)");
    ctx.fillRect(x, head + 8, room, 24);
    text(words, x + 8, head + 13, 13, "var(--ink)", 600);
  });
  let y = head + mapHeight + 14;
  text(caption.unit, PAD, y, 13, "var(--ink-soft)");
  y += 22;
  for (const line of keys) {
    for (const { x, item } of line) {
      ctx.fillStyle = paintOf(item.color);
      ctx.fillRect(PAD + x, y, 26, 14);
      text(item.words, PAD + x + 32, y, 13);
    }
    y += 22;
  }
  y += 8;
  sources.forEach((line, i) => text(line, PAD, y + i * 17, 11.5, "var(--ink-soft)"));
  return picture;
}

/** Lines of a text that fit: between words, and between any two characters of Chinese. */
export function wrapped(text: string, room: number, measure: (part: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.match(/[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+|\s+/g) ?? []) {
    if (line !== "" && measure(line + part) > room) {
      lines.push(line.trimEnd());
      line = part.trimStart();
    } else line += part;
  }
  return line.trim() === "" ? lines : [...lines, line];
}

function flow<T extends { words: string }>(items: readonly T[], room: number, widthOf: (words: string) => number): { x: number; item: T }[][] {
  const lines: { x: number; item: T }[][] = [[]];
  let x = 0;
  for (const item of items) {
    const width = widthOf(item.words);
    if (x > 0 && x + width > room) {
      lines.push([]);
      x = 0;
    }
    (lines.at(-1) as { x: number; item: T }[]).push({ x, item });
    x += width;
  }
  return lines;
}

export const blobOf = (picture: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) => {
    picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
