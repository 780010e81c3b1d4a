import type { ProgressRow } from "../api";
import { day, percent, short, withUnit } from "../format/numbers";
import { lang } from "../i18n";
import { failure, h, svg } from "../panels/dom";
import { monthEnds, passed, type Entry } from "./boardRows";
import { fetchBy } from "./calls";
import type { Tip } from "./tip";
import { w } from "./words";

const known = new Map<string, Promise<ProgressRow[]>>();

/** The answers for a day; a failed one is asked for again. */
function rowsOf(asOf: string): Promise<ProgressRow[]> {
  const held = known.get(asOf);
  if (held) return held;
  const asked = fetchBy(asOf, new AbortController().signal).then(({ rows }) => rows);
  known.set(asOf, asked);
  asked.catch(() => known.delete(asOf));
  return asked;
}

export const forgetMonths = (): void => known.clear();

interface Month {
  day: string;
  done: number;
  expected: number | null;
}

interface Period {
  starts_on?: string | null;
  ends_on?: string | null;
}

/** What had been done by the end of each month, against the schedule: a line, and the same as a table. */
export function monthChart(place: HTMLElement, { target, row, title }: Entry, asOf: string, color: string, tip: Tip): void {
  const { starts_on = null, ends_on = null } = (row ?? {}) as Period;
  const days = monthEnds(starts_on, ends_on, asOf);
  const value = row?.value ?? null;
  const figure = (amount: number): string => withUnit(short(amount, target.decimals, lang), target.unit, lang);
  if (days.length < 2 || target.perUnit) return;
  const load = (): void => {
    place.replaceChildren(h("p", { class: "muted", role: "status" }, w("loading")));
    void Promise.all(days.map(rowsOf))
      .then((answers) => {
        const months = answers.map((rows, i): Month => {
          const found = rows.find((each) => each.layer === target.layer && each.target === target.id && each.unit === "city");
          const share = passed(starts_on, ends_on, days[i] as string);
          return { day: days[i] as string, done: found?.done ?? 0, expected: share === null || value === null ? null : share * value };
        });
        place.replaceChildren(chart(months), table(months));
      })
      .catch(() => place.replaceChildren(failure(w("failedMonths"), w("retry"), load)));
  };

  const chart = (months: Month[]): HTMLElement => {
    const most = Math.max(value ?? 0, ...months.map(({ done }) => done), 1e-9);
    const x = (i: number): number => 4 + (i * 92) / Math.max(1, months.length - 1);
    const y = (amount: number): number => 38 - (36 * amount) / most;
    const path = (of: (month: Month) => number): string => months.map((month, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(of(month)).toFixed(1)}`).join("");
    const scheduled = months.every(({ expected }) => expected !== null);
    const points = months.map((month, i) => {
      const told = [day(month.day, lang), `${w("done")} ${figure(month.done)}`, month.expected === null ? "" : `${w("expected")} ${figure(month.expected)}`].filter(Boolean);
      const point = svg("circle", { cx: x(i), cy: y(month.done), r: 1.8, tabindex: 0, role: "img", "aria-label": told.join(w("semicolon")), fill: color });
      tip.tell(point, () => told);
      return point;
    });
    return h(
      "div",
      {},
      svg(
        "svg",
        { class: "month-chart", viewBox: "0 0 100 42", role: "group", "aria-label": w("monthChart", { title }) },
        svg("line", { class: "month-axis", x1: 2, x2: 98, y1: 38, y2: 38 }),
        scheduled ? svg("path", { class: "month-expected", d: path(({ expected }) => expected ?? 0) }) : null,
        svg("path", { class: "month-done", d: path(({ done }) => done), stroke: color }),
        ...points,
      ) as unknown as HTMLElement,
    );
  };

  const table = (months: Month[]): HTMLElement =>
    h(
      "table",
      { class: "plan-table" },
      h("caption", { class: "muted" }, w("byMonth")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("month")), ...[w("done"), w("expected"), w("share")].map((text) => h("th", { scope: "col", class: "number" }, text)))),
      h(
        "tbody",
        {},
        ...months.map(({ day: end, done, expected }) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, day(end, lang)),
            h("td", { class: "number" }, short(done, target.decimals, lang)),
            h("td", { class: "number" }, expected === null ? "–" : short(Math.round(expected * 10) / 10, target.decimals, lang)),
            h("td", { class: "number" }, value ? percent(done / value, lang) : "–"),
          ),
        ),
      ),
    );
  load();
}
