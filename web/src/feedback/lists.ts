/** Which remarks the desk lists; `open`: what is still to do. */
export const LISTS = ["open", "pending", "accepted", "done", "declined"] as const;
export type FeedbackList = (typeof LISTS)[number];
