import { lang } from "../i18n";
import { en } from "./en";
import { fill } from "./fill";
import { zh, type Words } from "./zh";

type Dictionary = Words<typeof zh>;
type Key = { [K in keyof Dictionary]: Dictionary[K] extends string ? K : never }[keyof Dictionary];

export const words: Dictionary = lang === "en" ? en : zh;

/** A text of the page's language, with `{name}` places filled. */
export function w(key: Key, places: Record<string, string | number> = {}): string {
  return fill(words[key], places);
}

/** The text of a table under a name that the service gives; the name itself where the table lacks it. */
export function named(table: Record<string, string>, name: string): string {
  return table[name] ?? name;
}
