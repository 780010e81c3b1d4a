import { describe, expect, it } from "vitest";
import { day, exact, fixed, percent, short, withUnit } from "./numbers";

const km = { zh: "公里", en: "km" };

describe("figures for reading", () => {
  it.each([
    [60_000, 0, "6万", "60,000"],
    [41_580, 0, "4.16万", "41,580"],
    [10_000, 0, "1万", "10,000"],
    [9_999, 0, "9,999", "9,999"],
    [453, 1, "453", "453"],
    [341.23, 1, "341.2", "341.2"],
    [6_512.7, 1, "6,513", "6,513"],
    [20_937_757, 0, "2,093.78万", "20,937,757"],
    [0, 0, "0", "0"],
  ])("%f with %i decimals", (value, decimals, zh, en) => {
    expect(short(value, decimals, "zh")).toBe(zh);
    expect(short(value, decimals, "en")).toBe(en);
  });

  it("join their unit in Chinese and stand apart from it in English", () => {
    expect(withUnit("453", km, "zh")).toBe("453公里");
    expect(withUnit("453", km, "en")).toBe("453 km");
    expect(withUnit("", { zh: "", en: "" }, "en")).toBe("");
  });

  it("of one thing are singular in English", () => {
    expect(withUnit("1", { zh: "个", en: "parks" }, "en")).toBe("1 park");
    expect(withUnit("1", { zh: "处", en: "facilities" }, "en")).toBe("1 facility");
    expect(withUnit("1", km, "en")).toBe("1 km");
    expect(withUnit("1.0", { zh: "公顷", en: "hectares" }, "en")).toBe("1.0 hectares");
  });
});

describe("exact figures", () => {
  it("group thousands and round, never in 万", () => {
    expect(exact(95_539.46, 1, "zh")).toBe("95,539.5");
    expect(exact(26, 1, "zh")).toBe("26");
  });

  it("of a column all have their decimals", () => {
    expect(fixed(26, 1, "zh")).toBe("26.0");
    expect(fixed(26, 0, "en")).toBe("26");
  });
});

describe("shares", () => {
  it.each([
    [0.6893, "68.9%"],
    [4 / 6, "66.7%"],
    [1, "100.0%"],
    [0, "0.0%"],
    [12.345, "1,235%"],
  ])("%f is %s", (share, words) => expect(percent(share, "zh")).toBe(words));
});

describe("days", () => {
  it("are the same day in every time zone", () => {
    expect(day("2023-10-31", "zh")).toBe("2023年10月31日");
    expect(day("2023-01-01", "en")).toBe("1 January 2023");
  });

  it("that are none stay as they are", () => expect(day("unknown", "zh")).toBe("unknown"));
});
