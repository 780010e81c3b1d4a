/** Puts values into the places of a text: `{name}`, and `{n|row|rows}` for a count with its noun. */
export function fill(text: string, places: Record<string, string | number>): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, many?: string) => {
    const value = String(places[name] ?? "");
    if (one === undefined || many === undefined) return value;
    return `${value} ${value === "1" ? one : many}`;
  });
}
