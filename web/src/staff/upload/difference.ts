/** "+3", "−2", or nothing where it stays. */
export function difference(before: number | null, after: number | null, words: (n: number) => string): string {
  const change = (after ?? 0) - (before ?? 0);
  const text = words(Math.abs(change));
  if (change === 0 || text === words(0)) return "";
  return `${change > 0 ? "+" : "−"}${text}`;
}
