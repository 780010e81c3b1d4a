import { allowed, isUnderWay } from "../states";
import type { Crs, Me, Upload } from "../types";

/** What is to be done next with an upload, for the one who looks at it. */
export type Next =
  | "checking"
  | "rejected"
  | "crs"
  | "errors"
  | "warnings"
  | "ready"
  | "nothingValid"
  | "waiting"
  | "review"
  | "returned"
  | "publish"
  | "published"
  | "publishedPart"
  | "rolledBack";

export function nextOf(me: Me, upload: Upload): Next {
  if (isUnderWay(upload)) return "checking";
  const may = allowed(me, upload);
  switch (upload.state) {
    case "rejected":
      return "rejected";
    case "submitted":
      return may.review ? "review" : "waiting";
    case "approved":
      return may.publish ? "publish" : "waiting";
    case "published":
      return (upload.counts?.open ?? 0) + (upload.counts?.ready ?? 0) > 0 ? "publishedPart" : "published";
    case "rolled_back":
      return "rolledBack";
    case "returned":
      return "returned";
    default:
      return checkedNext(upload);
  }
}

function checkedNext({ crs, counts }: Upload): Next {
  if (isUndecided(crs)) return "crs";
  if (!counts || counts.ready + counts.open === 0) return "nothingValid";
  if (counts.open === 0) return "ready";
  return counts.error > 0 ? "errors" : "warnings";
}

/** A person has to say which coordinate system the file is in. */
export function isUndecided(crs: Crs | null): boolean {
  return crs?.how === "undecided" && crs.chosen === null;
}
