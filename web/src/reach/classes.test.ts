import { describe, expect, it } from "vitest";
import { classOf } from "../grid/classes";
import { inOrder, LONGEST_MIN, minuteClasses, missingClasses, presentWords } from "./classes";

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
  it.each([1, 3, 5, 7, 12, 19, 21])("of %d ascend, begin with none, and have a colour each but for few", (count) => {
    const { lower, colors } = missingClasses(count);
    expect(lower[0]).toBe(0);
    expect(lower).toEqual([...new Set(lower)].sort((a, b) => a - b));
    expect(lower.at(-1)).toBeLessThanOrEqual(count);
    expect(colors).toHaveLength(lower.length);
    expect(colors[0]).not.toBe(colors.at(-1));
  });

  it("are told by what can be walked to, the fewest first", () => {
    const circle = { id: "c", title: { zh: "", en: "" }, source: "", categories: Array.from({ length: 19 }, (_, i) => ({ id: `${i}`, title: { zh: "", en: "" } })) };
    const classes = missingClasses(19);
    expect(inOrder({ kind: "circle", circle }, classes).map((i) => presentWords(classes, i))).toEqual(["0–1", "1–3", "3–6", "6–10", "10–19"]);
  });
});
