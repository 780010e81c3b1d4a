import { lang } from "../i18n";
import { Http, newKey, type Sending } from "./http";
import type { ChangedRow, Me, Preview, RowChange, RowPage, Upload, UploadLine, Verdict, Filter } from "./types";

/** How a file is to be read, where a person says it. */
export interface ReadChoices {
  crs?: string;
  sheet?: string;
  header_row?: number;
  encoding?: string;
  headers?: Record<string, string | null>;
}

export interface NewUpload {
  file: File;
  layer: string;
  unit: string | null;
  /** The upload that it corrects. */
  corrects?: string;
}

/** What the service says of a file that it has taken in. */
export interface Received {
  id: string;
  /** It was here already: this is the upload it was. */
  same_file: boolean;
}

const UPLOADS = "/api/uploads";
const at = (id: string, rest = ""): string => `${UPLOADS}/${encodeURIComponent(id)}${rest}`;

/** The service, as the screens ask it. */
export class Calls {
  constructor(readonly http: Http) {}

  async me(): Promise<Me> {
    const me = await this.http.json<Me>("/api/me");
    this.http.csrf = me.csrf ?? "";
    return me;
  }

  async login(username: string, password: string): Promise<Me> {
    const { csrf } = await this.http.json<{ csrf: string }>("/api/login", { method: "POST", body: { username, password } });
    this.http.csrf = csrf;
    return this.me();
  }

  async logout(): Promise<void> {
    await this.http.json<null>("/api/logout", { method: "POST" });
    this.http.csrf = "";
  }

  async uploads(
    query: { state?: string; limit: number; after?: string | null },
    signal: AbortSignal,
  ): Promise<{ uploads: UploadLine[]; next: string | null }> {
    return this.http.json(UPLOADS, { query, signal });
  }

  async upload(id: string, signal?: AbortSignal): Promise<Upload> {
    return this.http.json(at(id), signal ? { signal } : {});
  }

  send({ file, layer, unit, corrects }: NewUpload, key: string, told: (sent: number, of: number) => void): Sending<Received> {
    const form = new FormData();
    form.set("layer", layer);
    if (unit) form.set("unit", unit);
    if (corrects) form.set("corrects", corrects);
    // Last, so that a reader of the stream knows what the bytes are for.
    form.set("file", file);
    return this.http.send(UPLOADS, form, key, told);
  }

  async readAgain(id: string, version: number, choices: ReadChoices): Promise<Upload> {
    return this.http.json(at(id), { method: "PATCH", body: { version, options: choices } });
  }

  async rows(
    id: string,
    { filter, ...query }: { filter: Filter; code: string | null; limit: number; after: number },
    signal: AbortSignal,
  ): Promise<RowPage> {
    const which = filter === "all" ? {} : isVerdict(filter) ? { verdict: filter } : { only: filter };
    return this.http.json(at(id, "/rows"), { query: { ...which, ...query }, signal });
  }

  async changeRow(id: string, row: number, change: RowChange): Promise<ChangedRow> {
    return this.http.json(at(id, `/rows/${row}`), { method: "PATCH", body: change });
  }

  /** Nods to every warning of one code. */
  async acceptAll(id: string, version: number, code: string): Promise<Upload> {
    return this.change(id, "accept", { version, code });
  }

  /** A feature that is held, as anybody with this account may read it. */
  async feature(layer: string, id: string, signal: AbortSignal): Promise<GeoJSON.Feature> {
    return this.http.json(`/api/collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}`, {
      query: { f: "json" },
      signal,
    });
  }

  async preview(id: string, signal: AbortSignal): Promise<Preview> {
    return this.http.json(at(id, "/preview"), { signal });
  }

  async submit(id: string, version: number, validOnly: boolean): Promise<Upload> {
    return this.change(id, "submit", { version, valid_only: validOnly });
  }

  async giveBack(id: string, version: number, reason: string): Promise<Upload> {
    return this.change(id, "return", { version, reason });
  }

  /** Publishes what is ready; rows that were returned before stay behind. */
  async approve(id: string, version: number): Promise<Upload> {
    return this.change(id, "approve", { version });
  }

  async publish(id: string, version: number): Promise<Upload> {
    return this.change(id, "publish", { version });
  }

  async rollback(id: string, version: number, reason: string): Promise<Upload> {
    return this.change(id, "rollback", { version, reason });
  }

  private async change(id: string, verb: string, body: unknown): Promise<Upload> {
    return this.http.json(at(id, `/${verb}`), { method: "POST", body });
  }
}

const isVerdict = (filter: Filter): filter is Verdict => ["ok", "warning", "error", "skipped"].includes(filter);

/** What the browser itself fetches says the page's language in its address. */
export const reportUrl = (id: string): string => `${at(id, "/report.xlsx")}?lang=${lang}`;
export const eventsUrl = (id: string): string => at(id, "/events");
export const templateUrl = (layer: string, ending: "xlsx" | "csv" | "gpkg"): string =>
  `/api/layers/${encodeURIComponent(layer)}/template.${ending}?lang=${lang}`;
export { newKey };
