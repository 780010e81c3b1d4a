/** Answers of /api/uploads as the page reads them; texts come in the page's language. */

export const STATES = [
  "received",
  "checking",
  "checked",
  "submitted",
  "returned",
  "approved",
  "published",
  "rolled_back",
  "rejected",
] as const;

export type UploadState = (typeof STATES)[number];
export type Severity = "error" | "warning" | "info";
export type Verdict = "ok" | "warning" | "error" | "skipped";
/** Which rows a list shows. */
export const FILTERS = ["all", "open", "error", "warning", "ok", "skipped", "returned", "left_out", "published"] as const;
export type Filter = (typeof FILTERS)[number];
export type Decision = "pending" | "approved" | "returned" | "left_out";
export type Role = "public" | "staff" | "planner" | "admin";

export interface Me {
  username: string | null;
  role: Role;
  units: string[];
  csrf?: string | null;
  /** Where to go for single sign-on; null where there is none. */
  sign_on?: string | null;
}

export interface Counts {
  rows: number;
  ok: number;
  warning: number;
  error: number;
  skipped: number;
  published: number;
  /** Rows that can be published as they stand. */
  ready: number;
  /** Rows that somebody has to look at. */
  open: number;
  returned: number;
  left_out: number;
}

export interface Issue {
  code: string;
  severity: Severity;
  column: string | null;
  value: string | null;
  detail: string;
  remedy: string;
}

/** A column of the file and the field it was read as. */
export interface HeaderUse {
  header: string;
  field: string | null;
  how: "chosen" | "exact" | "synonym" | "cut" | "none";
  /** Its place in the sheet, from 0. */
  column: number;
  /** About a person: its cells are kept nowhere. */
  personal?: boolean;
  suggestions: string[];
}

/** The file read in one system: how far off, and its first rows as row, lon, lat. */
export interface CrsReading {
  crs: string;
  shift_m: number | null;
  matched: number;
  misfits: number;
  outside: number;
  first: [row: number, lon: number, lat: number][];
}

export interface Crs {
  chosen: string | null;
  how: "declared" | "chosen" | "size" | "names" | "districts" | "undecided" | "none";
  candidates: CrsReading[];
  detail: string;
}

export interface Progress {
  step: "reading" | "locating" | "checking" | string;
  done: number;
  of: number | null;
}

export interface UploadEvent {
  at: string;
  account: string | null;
  from_state: UploadState | null;
  to_state: UploadState;
  note: string | null;
}

/** What a corrected file changed against the one before. */
export interface Changes {
  counts: { changed: number; added: number; gone: number; same: number };
  /** How often each code was found only in the earlier, or only in the later file. */
  solved: Record<string, number>;
  new: Record<string, number>;
  rows: { row: number; before: number; cells: { column: string; before: unknown; after: unknown }[]; solved: string[]; new: string[] }[];
  added: number[];
  gone: number[];
}

/** One line of the list of uploads. */
export interface UploadLine {
  id: string;
  state: UploadState;
  version: number;
  layer: string;
  unit: string | null;
  file_name: string;
  size: number;
  account: string | null;
  /** Sent by the account that asks; only lists say it. */
  own?: boolean;
  created_at: string;
  published_at: string | null;
  counts: Counts | null;
  corrects: string | null;
}

/** How the file was read. */
export interface Reading {
  sheet: string | null;
  sheets: string[];
  header_row: number | null;
  encoding: string | null;
}

export interface Upload extends UploadLine {
  note: string | null;
  progress: Progress | null;
  crs: Crs | null;
  file_issues: Issue[];
  reading: Reading | null;
  headers: HeaderUse[];
  /** How many rows have a finding of each code. */
  codes: Record<string, number>;
  changes: Changes | null;
  events: UploadEvent[];
}

/** A feature that the row may be. */
export interface Match {
  feature_id: string;
  how: "project_no" | "name";
  sure: boolean;
  confirmed: boolean | null;
}

export interface Row {
  row: number;
  verdict: Verdict;
  values: Record<string, unknown>;
  raw: Record<string, unknown>;
  issues: Issue[];
  geometry: GeoJSON.Geometry | null;
  /** Codes of its warnings, and of those that have got a nod. */
  warnings: string[];
  accepted: string[];
  match: Match | null;
  decision: Decision;
  reason: string | null;
  ready: boolean;
  feature_id: string | null;
}

/** A row as it is after a change, with what that makes of the upload. */
export interface ChangedRow extends Row {
  upload: Pick<Upload, "version" | "counts">;
}

export interface RowPage {
  rows: Row[];
  next: number | null;
}

/** What may be changed of one row. */
export type RowChange =
  { accept: boolean } | { returned: string | null } | { match: boolean } | { place: { lon: number; lat: number } } | { left_out: boolean };

/** A target before and after, of the city or of one unit. */
export interface TargetChange {
  layer: string | null;
  target: string;
  unit: string;
  before: number | null;
  after: number | null;
  share_before: number | null;
  share_after: number | null;
}

/** People within reach of a service on foot, as shares of all people; only where something changes. */
export interface ReachChange {
  service: string;
  when: "now" | "planned";
  people_before: number;
  people_after: number;
  before: number | null;
  after: number | null;
}

/** What publishing would change. */
export interface Preview {
  features: { added: number; updated: number; unchanged: number };
  progress: TargetChange[];
  units: TargetChange[];
  coverage: ReachChange[];
  /** none: the layer feeds no service; computing: a worker is at it; later: once it is handed in. */
  coverage_state: "none" | "ready" | "computing" | "later";
  /** Features that somebody has changed since the file was checked. */
  edited: { row: number; feature_id: string; since: string }[];
}
