/** Puts values into the places of a text: `{name}`. */
export function fill(text: string, places: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ""));
}
