import { expect, it } from "vitest";
import { Activity } from "./activity";
import { findWalk, walkKey } from "../config";
import { inOrder, paceKey, paceOf, PLAIN_PACE } from "./page";
import { Store } from "./store";
import type { PageConfig } from "../config";

it("a store tells of changes to what was asked for, and of nothing else", () => {
  const store = new Store({ zoom: 9, layers: ["park"] });
  const heard: number[] = [];
  store.on(["zoom"], ({ zoom }) => heard.push(zoom));
  store.set({ layers: [] });
  store.set({ zoom: 9 });
  store.set({ zoom: 10 });
  expect(heard).toEqual([10]);
});

it("a listener that changes the store again does not lose the first change", () => {
  const store = new Store({ theme: "a", grid: 0 });
  store.on(["theme"], () => store.set({ grid: store.get().grid + 1 }));
  store.set({ theme: "b" });
  expect(store.get()).toEqual({ theme: "b", grid: 1 });
});

it("the page is idle only when nothing is under way", () => {
  const root = { dataset: {} } as unknown as HTMLElement;
  const activity = new Activity(root);
  expect(root.dataset["state"]).toBe("idle");
  activity.begin("grid");
  activity.begin("tiles");
  activity.end("grid");
  expect(root.dataset["state"]).toBe("busy");
  activity.end("tiles");
  activity.end("tiles");
  expect(root.dataset["state"]).toBe("idle");
});

it("layers are drawn in the catalogue's order, unknown ones not at all", () => {
  const config = { layers: [{ id: "greenway" }, { id: "park" }, { id: "charger" }] } as PageConfig;
  expect(inOrder(config, ["charger", "nothing", "greenway"])).toEqual(["greenway", "charger"]);
});

it("what is shown of walking is found again by its name, and nothing else is", () => {
  const config = { services: [{ id: "market" }], circles: [{ id: "market" }, { id: "gb50180_min15" }] } as PageConfig;
  for (const key of ["reach.market", "circle.market", "circle.gb50180_min15"]) {
    const found = findWalk(config, key);
    expect(found && walkKey(found)).toBe(key);
  }
  for (const key of ["reach.gb50180_min15", "market", "charger.piles", "reach", "", null]) expect(findWalk(config, key)).toBeNull();
});

it("a pace is written only when it is not the usual one, and nonsense is the usual one", () => {
  expect(paceKey(PLAIN_PACE)).toBeUndefined();
  expect(paceOf(paceKey({ minutes: 10, speed: "child" }))).toEqual({ minutes: 10, speed: "child" });
  for (const text of [undefined, "600.planning", "x", "7.elderly".slice(0, 2)]) expect(paceOf(text)).toEqual(PLAIN_PACE);
});
