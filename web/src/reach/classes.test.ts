import { describe, expect, it } from "vitest";
import { classOf } from "../grid/classes";
import { FAR, LONGEST_MIN, minuteClasses, missingClasses } from "./classes";

/** CIE lightness of an sRGB colour, 0 to 100. */
function lightness(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 116 * Math.cbrt(luminance) - 16;
}

describe("colours of distance", () => {
  it("get darker by even steps, whatever eye looks at them", () => {
    const steps = FAR.slice(1).map((color, i) => lightness(FAR[i] as string) - lightness(color));
    expect(Math.min(...steps)).toBeGreaterThan(9);
    expect(Math.max(...steps)).toBeLessThan(20);
  });
});

describe("classes of minutes", () => {
  it.each([
    [0, 0],
    [4.99, 0],
    [5, 1],
    [14.9, 2],
    [15, 3],
    [29, 4],
    [LONGEST_MIN, 5],
  ])("%d minutes are in class %d", (minutes, found) => {
    expect(classOf(minuteClasses(), minutes)).toBe(found);
  });
});

describe("classes of what is missing", () => {
  it.each([1, 3, 5, 7, 12, 19, 21])("of %d ascend, begin with none, and have a colour each", (count) => {
    const { lower, colors } = missingClasses(count);
    expect(lower.slice(0, 2)).toEqual([0, 1]);
    expect(lower).toEqual([...new Set(lower)].sort((a, b) => a - b));
    expect(lower.at(-1)).toBeLessThanOrEqual(count);
    expect(colors).toHaveLength(lower.length);
    expect(new Set(colors).size).toBe(colors.length);
  });
});
