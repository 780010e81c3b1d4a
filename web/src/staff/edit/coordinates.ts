import { linesOf, rounded, shapeOf, type Kind, type Shape } from "./shape";

/** Why a text is no shape; `line` counts from 1, as the person sees it. */
export interface Unread {
  why: "empty" | "two" | "swapped" | "range" | "few" | "one";
  line: number;
}

/** A number, and what may stand between two: commas of both scripts, spaces, tabs, semicolons, brackets of pasted lists. */
const NUMBER = /[+-]?\d+(?:\.\d+)?/g;
const OTHER = /^[\s,，;；、\t()（）[\]°度]*$/;

/** "104.113, 30.603" a line; an empty line begins another part or a hole. */
export function read(kind: Kind, text: string): Shape | Unread {
  const lines: [number, number][][] = [[]];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") {
      if ((lines.at(-1) as unknown[]).length > 0) lines.push([]);
      continue;
    }
    const numbers = line.match(NUMBER) ?? [];
    if (numbers.length !== 2 || !OTHER.test(line.replace(NUMBER, ""))) return { why: "two", line: i + 1 };
    const [lon, lat] = numbers.map(Number) as [number, number];
    if (Math.abs(lat) > 90 && Math.abs(lon) <= 90) return { why: "swapped", line: i + 1 };
    if (Math.abs(lon) > 180 || Math.abs(lat) > 90) return { why: "range", line: i + 1 };
    (lines.at(-1) as [number, number][]).push([rounded(lon), rounded(lat)]);
  }
  const parts = lines.filter((line) => line.length > 0).map((line) => (kind === "polygon" ? withoutEnd(line) : line));
  if (parts.length === 0) return { why: "empty", line: 1 };
  if (kind === "point" && (parts.length > 1 || (parts[0] as unknown[]).length > 1)) return { why: "one", line: 2 };
  return shapeOf(kind, parts) ?? { why: "few", line: 1 };
}

/** A ring may be given with its first place again at the end. */
function withoutEnd(ring: [number, number][]): [number, number][] {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1] ? ring.slice(0, -1) : ring;
}

export const isUnread = (found: Shape | Unread): found is Unread => "why" in found;

/** What `read` reads. */
export function write(shape: Shape | null): string {
  if (!shape) return "";
  return linesOf(shape)
    .map((line) => line.map(([lon, lat]) => `${lon.toFixed(6)}, ${lat.toFixed(6)}`).join("\n"))
    .join("\n\n");
}
