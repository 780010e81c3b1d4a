/** Arithmetic of colours: for the night palette, and for the checks of the design system. */

export type Rgb = [number, number, number];

/** The colours of tokens.css by name, `[day, night]`. One without a pair is the same at both times. */
export function coloursOf(css: string): Map<string, [string, string]> {
  const found = new Map<string, [string, string]>();
  for (const [, name, value] of css.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
    const pair = /^light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)$/.exec(value as string);
    if (pair) found.set(name as string, [pair[1] as string, pair[2] as string]);
    else if (/^#[0-9a-f]{6}$/.test(value as string)) found.set(name as string, [value as string, value as string]);
  }
  return found;
}

/** Linear light of an sRGB colour `#rrggbb`, 0 to 1 (IEC 61966-2-1). */
export function linear(colour: string): Rgb {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

export const luminance = (colour: string): number => {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** CIE lightness, 0 to 100. */
export const lightness = (colour: string): number => 116 * Math.cbrt(luminance(colour)) - 16;

/** How eyes without one kind of cone see linear light: Machado, Oliveira and Fernandes (2009), severity 1. */
export const EYES: Record<string, readonly [Rgb, Rgb, Rgb]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** Distance of two colours to an eye, in OKLab (Ottosson 2020); 0.02 is about the least that is seen. */
export function distance(one: string, other: string, eye: readonly [Rgb, Rgb, Rgb]): number {
  const [a, b] = [one, other].map((colour) => oklab(seen(linear(colour), eye))) as [Rgb, Rgb];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const seen = (light: Rgb, eye: readonly [Rgb, Rgb, Rgb]): Rgb =>
  eye.map((row) => Math.min(1, Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2]))) as Rgb;

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** `share` of the other colour in one, as paint on screen. */
export function mixed(one: string, other: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [one, other].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number];
    return Math.round(a + (b - a) * share).toString(16).padStart(2, "0");
  });
  return `#${parts.join("")}`;
}
