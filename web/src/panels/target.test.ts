import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ProgressRow } from "../api";
import type { TargetConfig } from "../config";

// The language is read from the document once, when the module is loaded.
async function inLanguage(lang: string): Promise<typeof import("./target")> {
  vi.stubGlobal("document", { documentElement: { lang } });
  return import("./target");
}

beforeEach(() => void vi.resetModules());

const greenway: TargetConfig = {
  layer: "greenway",
  id: "greenway",
  title: { zh: "天府绿道", en: "Tianfu greenway" },
  featured: true,
  measure: "length",
  decimals: 1,
  value: 453,
  unit: { zh: "公里", en: "km" },
  op: "=",
  period: "h2",
  phrase: { zh: "", en: "" },
  perUnit: false,
};

const row: ProgressRow = {
  layer: "greenway",
  target: "greenway",
  unit: "city",
  value: 453,
  op: "=",
  measure: "length",
  measure_unit: greenway.unit,
  done: 341.2,
  share: 341.2 / 453,
  time_progress: 4 / 6,
  ahead_pp: (341.2 / 453 - 4 / 6) * 100,
  period: "h2",
  by_status: { finished: 341.2, building: 90 },
};

describe("the sentence of a monthly report", () => {
  it("is said as bulletins say it", async () => {
    const { sentenceOf } = await inLanguage("zh-CN");
    expect(sentenceOf(greenway, row, "2023-10-31")).toBe(
      "截至2023年10月31日，全市累计完成天府绿道341.2公里，完成下半年目标453公里的75.3%，超时序进度8.7个百分点。",
    );
  });

  it("is said in English", async () => {
    const { sentenceOf } = await inLanguage("en");
    expect(sentenceOf(greenway, { ...row, done: 200, share: 200 / 453, ahead_pp: -22.5 }, "2023-10-31")).toBe(
      "As of 31 October 2023 the city has completed 200 km (Tianfu greenway): 44.2% of the second-half target of 453 km, 22.5 percentage points behind schedule.",
    );
  });

  it("says nothing of a schedule that the plan does not have", async () => {
    const { sentenceOf } = await inLanguage("zh-CN");
    const school = { ...greenway, title: { zh: "中小学、幼儿园", en: "" }, unit: { zh: "所", en: "" }, decimals: 0, period: "unstated" };
    expect(sentenceOf(school, { ...row, value: 80, done: 61, share: 61 / 80, time_progress: null, ahead_pp: null }, "2023-10-31")).toBe(
      "截至2023年10月31日，全市累计完成中小学、幼儿园61所，完成目标80所的76.3%。",
    );
  });

  it("is not made up where the plan gives no number", async () => {
    const { sentenceOf } = await inLanguage("zh-CN");
    expect(sentenceOf(greenway, { ...row, value: null, share: null, ahead_pp: null }, "2023-10-31")).toBeNull();
    expect(sentenceOf(greenway, { ...row, done: null }, "2023-10-31")).toBeNull();
  });

  it("is not said of a target for which nothing was brought in", async () => {
    const { sentenceOf } = await inLanguage("zh-CN");
    expect(sentenceOf(greenway, { ...row, done: 0, share: 0, ahead_pp: -66.7, by_status: {} }, "2023-10-31")).toBeNull();
  });
});

describe("words of the schedule", () => {
  it.each([
    [8.7, "超时序进度8.7个百分点"],
    [-14, "低于时序进度14.0个百分点"],
    [0.04, "与时序进度持平"],
    [-0.04, "与时序进度持平"],
  ])("%f points", async (points, words) => {
    const { scheduleWords } = await inLanguage("zh-CN");
    expect(scheduleWords(points)).toBe(words);
  });
});

describe("what the plan asks for", () => {
  it("has its sign and unit", async () => {
    const { targetFigure } = await inLanguage("zh-CN");
    expect(targetFigure(greenway, 453)).toBe("453公里");
    expect(targetFigure({ ...greenway, op: ">=", decimals: 0, unit: { zh: "辆", en: "" } }, 100_000)).toBe("≥10万辆");
    expect(targetFigure({ ...greenway, op: ">=", perUnit: true }, 23)).toBe("23个区（市）县");
  });
});
