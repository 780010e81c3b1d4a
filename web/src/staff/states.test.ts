import { describe, expect, it } from "vitest";
import { allowed, isUnderWay, shares, stagesOf } from "./states";
import { STATES, type Counts, type Me, type Upload, type UploadState } from "./types";
import { firstFilter } from "./upload/filters";
import { nextOf } from "./upload/next";

const clerk: Me = { username: "a", role: "staff", units: ["510104"] };
const planner: Me = { username: "b", role: "planner", units: [] };

const counted = (change: Partial<Counts> = {}): Counts => ({
  rows: 0,
  ok: 0,
  warning: 0,
  error: 0,
  skipped: 0,
  published: 0,
  ready: 0,
  open: 0,
  returned: 0,
  left_out: 0,
  ...change,
});

const upload = (state: UploadState, counts: Partial<Counts> = {}, how: "names" | "undecided" = "names"): Upload =>
  ({
    state,
    published_at: null,
    counts: counted(counts),
    crs: { chosen: how === "names" ? "EPSG:4326" : null, how, candidates: [], detail: "" },
  }) as unknown as Upload;

describe("the way of an upload", () => {
  it("has every stage before the present one behind it", () => {
    expect(stagesOf("received")).toEqual({ check: "now", submit: "ahead", review: "ahead", publish: "ahead" });
    expect(stagesOf("checked")).toEqual({ check: "done", submit: "now", review: "ahead", publish: "ahead" });
    expect(stagesOf("returned")).toEqual({ check: "done", submit: "done", review: "stopped", publish: "ahead" });
    expect(stagesOf("published")).toEqual({ check: "done", submit: "done", review: "done", publish: "done" });
  });

  it("is under way only until the check ends", () => {
    expect(STATES.filter((state) => isUnderWay({ state }))).toEqual(["received", "checking"]);
  });

  it("lets only reviewers decide, and only what was handed in", () => {
    for (const state of STATES) {
      const published_at = state === "published" ? "2023-11-02T08:00:00Z" : null;
      const [own, theirs] = [allowed(clerk, { state, published_at }), allowed(planner, { state, published_at })];
      expect([own.review, own.publish, own.rollback], state).toEqual([false, false, false]);
      expect([theirs.review, theirs.publish, theirs.rollback], state).toEqual([
        state === "submitted",
        state === "approved",
        state === "published",
      ]);
    }
  });
});

it("what was published in part may be taken back after the rest was returned, and is not read anew", () => {
  const part = { state: "returned", published_at: "2023-11-02T08:00:00Z" } as const;
  expect(allowed(planner, part)).toMatchObject({ rollback: true, reread: false, edit: true });
  expect(allowed(planner, { ...part, published_at: null })).toMatchObject({ rollback: false, reread: true });
});

describe("what is to be done next", () => {
  it.each<[UploadState, Partial<Counts>, string]>([
    ["checking", {}, "checking"],
    ["rejected", {}, "rejected"],
    ["checked", { ready: 3, open: 2, error: 2 }, "errors"],
    ["checked", { ready: 3, open: 2, warning: 2 }, "warnings"],
    ["checked", { ready: 3, error: 2, left_out: 2 }, "ready"],
    ["checked", { left_out: 2 }, "nothingValid"],
    ["submitted", { ready: 3 }, "waiting"],
    ["returned", { ready: 3 }, "returned"],
    ["published", { published: 3 }, "published"],
    ["published", { published: 3, open: 1 }, "publishedPart"],
    ["rolled_back", {}, "rolledBack"],
  ])("%s with %o, for the clerk: %s", (state, counts, next) => expect(nextOf(clerk, upload(state, counts))).toBe(next));

  it("is the coordinate system before anything else", () => {
    expect(nextOf(clerk, upload("checked", { open: 60, error: 60 }, "undecided"))).toBe("crs");
  });

  it("is the reviewer's to decide once it is handed in", () => {
    expect(nextOf(planner, upload("submitted", { ready: 3 }))).toBe("review");
    expect(nextOf(planner, upload("approved", { ready: 3 }))).toBe("publish");
    expect(nextOf(clerk, upload("approved", { ready: 3 }))).toBe("waiting");
  });
});

it("what has to be looked at is listed first, to those who can do something about it", () => {
  expect(firstFilter(upload("checked", { open: 2 }))).toBe("open");
  expect(firstFilter(upload("published", { open: 2 }))).toBe("open");
  expect(firstFilter(upload("checked", { ready: 2 }))).toBe("all");
  expect(firstFilter(upload("submitted", { open: 2 }))).toBe("all");
});

it("the gravest verdict comes first and empty ones not at all", () => {
  expect(shares(counted({ ok: 5, error: 2, skipped: 1 }))).toEqual([
    { verdict: "error", count: 2 },
    { verdict: "ok", count: 5 },
    { verdict: "skipped", count: 1 },
  ]);
});
