import type { Progress } from "../types";

const STEPS = ["reading", "locating", "checking"] as const;

/** How much of the whole check is done, 0 to 1; null while it can not be told. Each step is a third. */
export function shareOf(progress: Progress | null): number | null {
  if (!progress) return null;
  const at = STEPS.findIndex((step) => step === progress.step);
  if (at < 0 || !progress.of) return null;
  return (at + Math.min(1, progress.done / progress.of)) / STEPS.length;
}
