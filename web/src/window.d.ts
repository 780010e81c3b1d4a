import type { boundaryLayers } from "./map/boundaries";
import type { featureLayer } from "./map/features";
import type { groundLayer } from "./map/ground";
import type { hexagonLayer } from "./map/hexagons";
import type { makePanes } from "./map/panes";
import type { start } from "./start";

declare global {
  interface Window {
    geoplan: {
      panes: typeof makePanes;
      boundaries: typeof boundaryLayers;
      ground: typeof groundLayer;
      hexagons: typeof hexagonLayer;
      features: typeof featureLayer;
      /** Not there on a map alone. */
      start?: typeof start;
    };
  }
}
