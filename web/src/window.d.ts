import type { frame } from "./alone/frame";
import type { legend } from "./alone/legend";
import type { liveHexagons } from "./alone/liveHexagons";
import type { localBoundaries } from "./alone/localBoundaries";
import type { shapesLayer } from "./alone/shapes";
import type { boundaryLayers } from "./map/boundaries";
import type { featureLayer } from "./map/features";
import type { groundLayer } from "./map/ground";
import type { hexagonLayer } from "./map/hexagons";
import type { makePanes } from "./map/panes";
import type { startPlan } from "./plan/start";
import type { startDesk } from "./staff/start";
import type { start } from "./start";

declare global {
  interface Window {
    geoplan: {
      panes: typeof makePanes;
      boundaries: typeof boundaryLayers;
      ground: typeof groundLayer;
      features: typeof featureLayer;
      /** Not there on a page without hexagons. */
      hexagons?: typeof hexagonLayer;
      /** Not there on a map alone. */
      start?: typeof start | typeof startPlan | typeof startDesk;
      /** Only there on a map alone. */
      liveHexagons?: typeof liveHexagons;
      localBoundaries?: typeof localBoundaries;
      shapes?: typeof shapesLayer;
      legend?: typeof legend;
      frame?: typeof frame;
    };
  }
}
