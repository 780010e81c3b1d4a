import { describe, expect, it } from "vitest";
import { parseFragment, writeFragment, type PageState } from "./fragment";

const state: PageState = {
  view: { zoom: 12, lat: 30.6597, lon: 104.0633 },
  theme: "charger.piles",
  layers: ["greenway", "park"],
  off: ["ground"],
  status: "done",
  target: "greenway.greenway",
  when: "planned",
  from: { lat: 30.65712, lon: 104.08213 },
  walk: "10.elderly",
};

describe("the address", () => {
  it("gives back what it was written from", () => {
    expect(parseFragment(writeFragment(state))).toEqual(state);
  });

  it("tells no hexagons and no layers from the page's own choice", () => {
    const bare = { ...state, theme: null, layers: [], off: [], status: undefined, target: undefined, when: undefined, from: null, walk: undefined };
    expect(parseFragment(writeFragment(bare))).toEqual(bare);
    expect(parseFragment("")).toEqual({ ...bare, view: null, theme: undefined, layers: undefined });
  });

  it("is short and can be read", () => {
    expect(writeFragment(state)).toBe("#map=12/30.6597/104.0633&hex=charger.piles&on=greenway,park&off=ground&status=done&target=greenway.greenway&when=planned&from=30.65712/104.08213&walk=10.elderly");
  });

  it.each([
    "#map=12/91/104",
    "#map=12/30.6/181",
    "#map=1e3/30/104",
    "#map=12/NaN/104",
    "#map=12/30.6",
    "#panel",
    "#%E0%A4%A",
  ])("without a place in %s has no view", (fragment) => {
    expect(parseFragment(fragment).view).toBeNull();
  });

  it("takes only names that layers can have", () => {
    const hostile = parseFragment("#hex=<img src=x onerror=alert(1)>&on=park,../../x,<b>,charger&status=a b&target=a.b.c");
    expect(parseFragment("#from=91/104").from).toBeNull();
    expect(parseFragment("#from=30.6/104;x").from).toBeNull();
    expect(hostile.theme).toBeUndefined();
    expect(hostile.layers).toEqual(["park", "charger"]);
    expect(hostile.status).toBeUndefined();
    expect(hostile.target).toBeUndefined();
  });
});
