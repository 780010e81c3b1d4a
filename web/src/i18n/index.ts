import type { Lang, Words } from "../config";
import { en } from "./en";
import { zh } from "./zh";

type Widened<T> = { [K in keyof T]: T[K] extends string ? string : Widened<T[K]> };
export type Dictionary = Widened<typeof zh>;
type Key = { [K in keyof Dictionary]: Dictionary[K] extends string ? K : never }[keyof Dictionary];

/** The page's language is the document's: the server has decided it. */
export const lang: Lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";
export const words: Dictionary = lang === "en" ? en : zh;

/** A text of the page's language, with `{name}` places filled. */
export function t(key: Key, places: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ""));
}

/** The page's language of a text from the server; the other one where it is empty. */
export function say(text: Words): string {
  return text[lang] || text.zh || text.en;
}

/** As a heading or an item of its own: in the catalogue English names of things begin small. */
export function heading(text: Words): string {
  const said = say(text);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** A name from the data: features may lack an English one. */
export function nameOf(item: { name: string | null; name_en: string | null }): string {
  return (lang === "en" ? (item.name_en ?? item.name) : item.name) ?? "";
}
