import type { Lang, Words } from "../config";

const locales = { zh: "zh-CN", en: "en-GB" } as const;

/** 12345.678 with 1 decimal: "12,345.7" in both languages. */
export function exact(value: number, decimals: number, lang: Lang): string {
  return value.toLocaleString(locales[lang], {
    maximumFractionDigits: decimals,
    minimumFractionDigits: 0,
  });
}

/** As `exact`, always with as many decimals: figures in a column stand under each other. */
export function fixed(value: number, decimals: number, lang: Lang): string {
  return value.toLocaleString(locales[lang], { maximumFractionDigits: decimals, minimumFractionDigits: decimals });
}

/** A figure for reading at a glance: from ten thousand up, Chinese counts in 万. */
export function short(value: number, decimals: number, lang: Lang): string {
  if (lang === "zh" && Math.abs(value) >= 10_000) {
    return `${exact(value / 10_000, 2, lang)}万`;
  }
  return exact(value, Math.abs(value) >= 1000 ? Math.min(decimals, 0) : decimals, lang);
}

/** A figure with its unit; Chinese joins them, English sets a space and says "1 park", not "1 parks". */
export function withUnit(figure: string, unit: Words, lang: Lang): string {
  const word = unit[lang];
  if (lang === "zh" || word === "") return `${figure}${word}`;
  return `${figure} ${figure === "1" ? word.replace(/ies$/, "y").replace(/s$/, "") : word}`;
}

/** 0.6893 becomes "68.9%"; a share far over the whole loses its decimals. */
export function percent(share: number, lang: Lang): string {
  const decimals = share >= 10 ? 0 : 1;
  return `${fixed(share * 100, decimals, lang)}%`;
}

/** 2023-10-31 as a date of the language. */
export function day(iso: string, lang: Lang): string {
  const [year, month, date] = iso.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return iso;
  return new Intl.DateTimeFormat(locales[lang], { dateStyle: "long", timeZone: "UTC" }).format(
    Date.UTC(year, month - 1, date),
  );
}
