import { lang } from "../i18n";

export const zh = {
  label: "查找地点",
  placeholder: "查找地点、设施、项目",
  clear: "清除",
  results: "查找结果",
  found: "{count} 个结果，用上下键选择",
  nothing: "没有找到“{query}”",
  tryThis: "可以试试：区（市）县或道路名、拼音或首字母（如 tfgc），或少输几个字。",
  searching: "正在查找…",
  failed: "暂时无法查找",
  offline: "网络已断开，连上后会自动查找。",
  retry: "重试",
  arrived: "地图已移到{name}",
  fromCentre: "距图中心{distance}",
  here: "不到50米",
  kinds: {
    district: "区（市）县",
    zone: "功能区",
    street: "道路",
    metro: "地铁",
    railway: "铁路",
    water: "河湖",
    locality: "地名",
    feature: "设施",
  },
  separator: " · ",
  metres: "米",
  kilometres: "公里",
};

export const en: typeof zh = {
  label: "Find a place",
  placeholder: "Find places, facilities, projects",
  clear: "Clear",
  results: "Results",
  found: "{count} results; choose with the arrow keys",
  nothing: "Nothing found for “{query}”",
  tryThis: "Try the name of a district or street, pinyin or its initials (tfgc), or fewer letters.",
  searching: "Looking…",
  failed: "The search does not answer",
  offline: "You are offline; the search goes on once you are back.",
  retry: "Try again",
  arrived: "The map shows {name}",
  fromCentre: "{distance} from the centre",
  here: "under 50 m",
  kinds: {
    district: "district",
    zone: "zone",
    street: "street",
    metro: "metro line",
    railway: "railway",
    water: "water",
    locality: "locality",
    feature: "place",
  },
  separator: " · ",
  metres: "m",
  kilometres: "km",
};

export const words = lang === "en" ? en : zh;

type Key = { [K in keyof typeof zh]: (typeof zh)[K] extends string ? K : never }[keyof typeof zh];

/** A text of the page's language, with `{name}` places filled. */
export function w(key: Key, places: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ""));
}
