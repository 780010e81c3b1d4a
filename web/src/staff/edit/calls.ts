import { newKey, type Http, type Sending } from "../http";
import type { Shape } from "./shape";

/** A feature as it was read or left, and the tag of that state. */
export interface Held {
  id: string;
  shape: Shape;
  values: Record<string, unknown>;
  etag: string;
  /** What the service found odd about a change. */
  issues: Oddity[];
}

export interface Oddity {
  code: string;
  severity: string;
  column: string | null;
  detail: string;
  remedy: string;
}

/** One state of a feature; `version` is null for the present one. */
export interface Version {
  version: number | null;
  present: boolean;
  from: string;
  by: string | null;
  why: string | null;
  what: "created" | "changed" | "measured";
  changed: { property: string; before: unknown; after: unknown }[];
  geometry_changed: boolean;
  moved_m: number | null;
  removed?: { at: string; by: string | null; why: string | null };
}

export interface Evidence {
  id: string;
  media_type: string;
  file_name: string;
  bytes: number;
  note: string | null;
  added_at: string;
  by: string | null;
  href: string;
}

export interface InView {
  features: GeoJSON.Feature[];
  numberMatched: number;
}

export interface Change {
  shape?: Shape;
  values?: Record<string, unknown>;
}

interface Told extends GeoJSON.Feature {
  issues?: Oddity[];
}

const MERGE_PATCH = "application/merge-patch+json";
const GEOJSON = "application/geo+json";

/** The features of one layer, as the editor asks for them and changes them: docs/editing.md. */
export class Features {
  private readonly items: string;

  constructor(
    private readonly http: Http,
    readonly layer: string,
  ) {
    this.items = `/api/collections/${encodeURIComponent(layer)}/items`;
  }

  /** The first features of a box: west, south, east, north. */
  async inView(box: readonly number[], limit: number, more: { status?: string; unit?: string }, signal: AbortSignal): Promise<InView> {
    const bbox = box.map((degrees) => degrees.toFixed(6)).join(",");
    return this.http.json(this.items, { query: { f: "json", limit, bbox, ...more }, signal });
  }

  async one(id: string): Promise<Held> {
    return held(await this.http.tagged<Told>(this.at(id), { query: { f: "json" } }));
  }

  /** `key` names the attempt: sent again, it makes one feature. */
  async create(change: Required<Change>, key: string, reason: string): Promise<Held> {
    const body = { type: "Feature", geometry: change.shape, properties: change.values };
    const headers = { "Idempotency-Key": key };
    return held(await this.http.tagged<Told>(this.items, { method: "POST", type: GEOJSON, body, headers, query: { reason } }));
  }

  /** Raises a Problem 412 when somebody changed it since `etag`. */
  async update(id: string, etag: string, change: Change, reason: string): Promise<Held> {
    const body = {
      ...(change.shape ? { geometry: change.shape } : {}),
      ...(change.values ? { properties: change.values } : {}),
    };
    const asked = { method: "PATCH", type: MERGE_PATCH, body, headers: { "If-Match": etag }, query: { reason } } as const;
    return held(await this.http.tagged<Told>(this.at(id), asked));
  }

  async remove(id: string, etag: string, reason: string): Promise<void> {
    await this.http.json<null>(this.at(id), { method: "DELETE", headers: { "If-Match": etag }, query: { reason } });
  }

  /** The newest state first. */
  async versions(id: string, limit: number): Promise<Version[]> {
    return (await this.http.json<{ versions: Version[] }>(this.at(id, "/versions"), { query: { limit } })).versions;
  }

  /** `etag` is null for a feature that is removed. */
  async restore(id: string, version: number, etag: string | null, reason: string): Promise<Held> {
    const headers: Record<string, string> = etag === null ? {} : { "If-Match": etag };
    const path = this.at(id, `/versions/${version}/restore`);
    return held(await this.http.tagged<Told>(path, { method: "POST", headers, query: { reason } }));
  }

  async evidence(id: string): Promise<Evidence[]> {
    return (await this.http.json<{ evidence: Evidence[] }>(this.at(id, "/evidence"))).evidence;
  }

  attach(id: string, file: File, note: string, told: (sent: number, of: number) => void): Sending<Evidence> {
    const form = new FormData();
    if (note !== "") form.set("note", note);
    form.set("file", file);
    return this.http.send<Evidence>(this.at(id, "/evidence"), form, newKey(), told);
  }

  async detach(id: string, evidence: string): Promise<void> {
    await this.http.json<null>(this.at(id, `/evidence/${evidence}`), { method: "DELETE" });
  }

  private at(id: string, rest = ""): string {
    return `${this.items}/${encodeURIComponent(id)}${rest}`;
  }
}

function held({ body, etag }: { body: Told; etag: string }): Held {
  return {
    id: String(body.id),
    shape: body.geometry as Shape,
    values: body.properties ?? {},
    etag,
    issues: body.issues ?? [],
  };
}
