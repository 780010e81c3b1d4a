import { lang } from "../i18n";
import { en, zh, type Words } from "./dictionaries";

type Key = { [K in keyof typeof zh]: (typeof zh)[K] extends string ? K : never }[keyof typeof zh];

export const words: Words<typeof zh> = lang === "en" ? en : zh;

/** A text of the page's language, with `{name}` places filled. */
export function w(key: Key, places: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ""));
}
