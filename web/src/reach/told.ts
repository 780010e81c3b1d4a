import type { PageConfig } from "../config";
import { exact, fixed } from "../format/numbers";
import { lang, say } from "../i18n";
import type { Facility, Missing, Reached } from "./api";
import { w } from "./words";

/** "820 m", and from a kilometre up "2.3 km". */
export function distanceWords(metres: number): string {
  return metres < 1000 ? w("metres", { n: exact(metres, 0, lang) }) : w("kilometres", { n: exact(metres / 1000, 1, lang) });
}

export const walkWords = ({ minutes, metres }: Pick<Facility, "minutes" | "metres">): string =>
  w("minutesMetres", { minutes: fixed(minutes, 0, lang), metres: exact(metres, 0, lang) });

/** How far the nearest one of what is missing is: on foot where it was found so, else in a straight line. */
export function missingWords({ limit_m, nearest_m, nearest }: Missing, speed: number): string {
  const limit = distanceWords(limit_m);
  if (nearest_m !== null) return w("missingNear", { limit, nearest: distanceWords(nearest_m), minutes: fixed(Math.max(1, nearest_m / speed / 60), 0, lang) });
  return nearest ? w("missingFar", { limit, nearest: distanceWords(nearest.apart_m) }) : w("missingNone", { limit });
}

const TOLD = 4;

/** The whole answer as a sentence, for those who listen. */
export function answerWords(config: PageConfig, found: Reached): string {
  const { missing } = found;
  if (missing.length === 0) return scoreWords(config, found);
  const first = missing.slice(0, TOLD).map(({ title }) => say(title));
  const all = missing.length > first.length ? (lang === "zh" ? "" : " ") + w("moreKinds", { n: missing.length }) : "";
  return scoreWords(config, found) + w("scoreRest", { what: first.join(w("and")) + all });
}

/** How many of the circle's kinds can be walked to. */
export function scoreWords(config: PageConfig, { score }: Reached): string {
  const circle = config.circles.find(({ id }) => id === score.circle);
  const places = { circle: circle ? say(circle.title) : score.circle, met: score.met, of: score.of };
  return w(score.met === score.of ? "scoreAll" : "score", places);
}
