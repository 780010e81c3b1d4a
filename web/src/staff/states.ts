import type { Counts, Me, Upload, UploadLine, UploadState, Verdict } from "./types";

/** The way of an upload, as its bar shows it. */
export const STAGES = ["check", "submit", "review", "publish"] as const;
export type Stage = (typeof STAGES)[number];
export type StageState = "done" | "now" | "stopped" | "ahead";

const AT: Record<UploadState, { stage: Stage; as: Exclude<StageState, "ahead"> }> = {
  received: { stage: "check", as: "now" },
  checking: { stage: "check", as: "now" },
  rejected: { stage: "check", as: "stopped" },
  checked: { stage: "submit", as: "now" },
  submitted: { stage: "review", as: "now" },
  returned: { stage: "review", as: "stopped" },
  approved: { stage: "publish", as: "now" },
  published: { stage: "publish", as: "done" },
  rolled_back: { stage: "publish", as: "stopped" },
};

/** Each stage of an upload in this state. */
export function stagesOf(state: UploadState): Record<Stage, StageState> {
  const { stage, as } = AT[state];
  const at = STAGES.indexOf(stage);
  const found = {} as Record<Stage, StageState>;
  STAGES.forEach((each, i) => {
    found[each] = i < at ? "done" : i === at ? as : "ahead";
  });
  return found;
}

export type Tone = "busy" | "ask" | "wait" | "good" | "bad" | "off";

/** How a state feels to its owner: something is asked of them, they wait, it is done. */
export function toneOf(state: UploadState): Tone {
  switch (state) {
    case "received":
    case "checking":
      return "busy";
    case "checked":
      return "ask";
    case "submitted":
    case "approved":
      return "wait";
    case "published":
      return "good";
    case "returned":
    case "rejected":
      return "bad";
    case "rolled_back":
      return "off";
  }
}

export const isReviewer = (me: Me): boolean => me.role === "planner" || me.role === "admin";
export const isUnderWay = ({ state }: Pick<UploadLine, "state">): boolean => state === "received" || state === "checking";

/** What may be done now, by the rules of the workflow; the service has the last word. */
export interface Allowed {
  /** Nod to warnings, place rows, leave them out, hand in. */
  edit: boolean;
  /** Read the file another way. */
  reread: boolean;
  review: boolean;
  publish: boolean;
  rollback: boolean;
}

export function allowed(me: Me, { state, published_at }: Pick<Upload, "state" | "published_at">): Allowed {
  const reviewer = isReviewer(me);
  const own = state === "checked" || state === "returned";
  return {
    edit: own || state === "published",
    reread: own && published_at === null,
    review: reviewer && state === "submitted",
    publish: reviewer && state === "approved",
    // A part may be published while the rest was returned.
    rollback: reviewer && published_at !== null && (state === "published" || state === "returned"),
  };
}

/** How many of a file's rows have each verdict, the gravest first; empty ones are left out. */
export function shares(counts: Counts): { verdict: Verdict; count: number }[] {
  return (["error", "warning", "ok", "skipped"] as const)
    .map((verdict) => ({ verdict, count: counts[verdict] }))
    .filter(({ count }) => count > 0);
}
