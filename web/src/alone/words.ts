import { lang } from "../i18n";

const zh = {
  legend: "图例",
  count: "每个六边形",
  other: "其他",
  synthetic: "示意数据",
  failed: "无法从 {url} 取得数据。请确认服务已启动，且本页可以访问它。",
  here: "此处",
  close: "关闭",
};

const en: typeof zh = {
  legend: "Legend",
  count: "in each hexagon",
  other: "other",
  synthetic: "Synthetic data",
  failed: "No data from {url}. Check that the service runs and that this page may reach it.",
  here: "Here",
  close: "Close",
};

/** The words of a map without the page around it. */
export const words = lang === "en" ? en : zh;
