import { describe, expect, it } from "vitest";
import { parseRoute, uploadRoute, writeRoute, type Route } from "./route";

const ID = "0c9f1c3e-53a4-4a6e-9f0b-2f0f6a1d7e55";

describe("the address of a screen", () => {
  it.each<Route>([
    { view: "home", list: null },
    { view: "home", list: "review" },
    uploadRoute(ID),
    { view: "edit", layer: null, feature: null, place: null },
    { view: "edit", layer: "charger", feature: "new", place: [14, 30.60301, 104.11302] },
    { view: "edit", layer: "greenway", feature: ID, place: null },
    { view: "upload", id: ID, filter: "open", code: "date_vague", after: 200, row: 214 },
  ])("gives back what it was written from: %o", (route) => expect(parseRoute(writeRoute(route))).toEqual(route));

  it("takes nothing that is not one", () => {
    expect(parseRoute("#upload=../../etc")).toEqual({ view: "home", list: null });
    expect(parseRoute(`#upload=${ID}&rows=<b>&code=A B&after=-1&row=1e9`)).toEqual(uploadRoute(ID));
    expect(parseRoute("#edit=<b>&feature=new&map=99")).toEqual({ view: "edit", layer: null, feature: null, place: null });
    expect(parseRoute("#list=others")).toEqual({ view: "home", list: null });
    expect(parseRoute("#%E0%A4%A")).toEqual({ view: "home", list: null });
  });
});
