import { lang } from "../i18n";
import type { Kind } from "./words";

export const LONGEST = 500;

export interface Remark {
  layer: string;
  feature: string;
  kind: Kind;
  text: string | null;
  point: { lat: number; lon: number } | null;
  /** Of a field that people do not see. */
  website: string;
}

/** What the service says of a remark that it does not take. */
export class Refused extends Error {
  constructor(
    detail: string,
    readonly remedy: string,
  ) {
    super(detail);
  }
}

/** Whether it says enough to be sent. */
export function isEnough({ kind, text, point }: Pick<Remark, "kind" | "text" | "point">): boolean {
  return kind === "closed" || text !== null || point !== null;
}

/** The body of POST /api/feedback. */
export function bodyOf({ point, ...remark }: Remark): Record<string, unknown> {
  return { ...remark, ...(point ? { lon: rounded(point.lon), lat: rounded(point.lat) } : {}) };
}

const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** The number by which a remark can be asked about: the first eight signs of its id. */
export const numberOf = (id: string): string => id.slice(0, 8).toUpperCase();

/** Sends a remark; its id. */
export async function send(remark: Remark): Promise<string> {
  const answer = await fetch("/api/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": lang },
    body: JSON.stringify(bodyOf(remark)),
    // Whoever is logged in says this as anybody.
    credentials: "omit",
  });
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string; remedy?: string };
    if (!problem.detail) throw new Error(`status ${answer.status}`);
    throw new Refused(problem.detail, problem.remedy ?? "");
  }
  return ((await answer.json()) as { id: string }).id;
}
