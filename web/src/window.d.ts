import type { boundaryLayers } from "./map/boundaries";
import type { featureLayer } from "./map/features";
import type { groundLayer } from "./map/ground";
import type { hexagonLayer } from "./map/hexagons";
import type { makePanes } from "./map/panes";
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
      start?: typeof start | typeof startDesk;
    };
  }
}
