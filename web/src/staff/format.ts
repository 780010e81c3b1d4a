import { lang } from "../i18n";
import { w } from "./words";

const locale = lang === "zh" ? "zh-CN" : "en-GB";

export const count = (n: number): string => n.toLocaleString(locale);

/** 1,234,567 bytes: "1.2 MB". */
export function fileSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"] as const;
  let size = bytes;
  let at = 0;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return `${size.toLocaleString(locale, { maximumFractionDigits: size < 10 && at > 0 ? 1 : 0 })} ${units[at]}`;
}

/** A moment as people say it: the time today, the day and time of this year, else the whole date. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const time = at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === now.toDateString()) return w("today", { time });
  const sameYear = at.getFullYear() === now.getFullYear();
  const day = at.toLocaleDateString(
    locale,
    sameYear ? { month: "short", day: "numeric" } : { year: "numeric", month: "short", day: "numeric" },
  );
  return `${day} ${time}`;
}
