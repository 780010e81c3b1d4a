/** Colours drawn on canvas; the page's own are custom properties in styles/tokens.css. */
export const palette = {
  land: "#fbfaf6",
  green: "#e2eeda",
  campus: "#f3eee2",
  water: "#c3dcea",
  building: "#ece8e1",
  road: "#ffffff",
  roadCasing: "#d9d5cd",
  highway: "#fbe9c6",
  highwayCasing: "#d8c08f",
  path: "#cfcabf",
  rail: "#bdbab4",
  boundary: "#6d7f86",
  boundaryHalo: "#ffffff",
  name: "#22333b",
  quietName: "#5d6b70",
  waterName: "#3d7396",
  greenName: "#3f7146",
  nameHalo: "#ffffff",
  selected: "#c2185b",
} as const;

export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif';
