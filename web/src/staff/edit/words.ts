import { lang } from "../../i18n";
import { fill } from "../fill";
import type { Words } from "../zh";
import { en } from "./en";
import { zh } from "./zh";

type Dictionary = Words<typeof zh>;
type Key = { [K in keyof Dictionary]: Dictionary[K] extends string ? K : never }[keyof Dictionary];

export const words: Dictionary = lang === "en" ? en : zh;

/** A text of the page's language, with `{name}` places filled. */
export function e(key: Key, places: Record<string, string | number> = {}): string {
  return fill(words[key], places);
}
