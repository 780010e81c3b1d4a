// The drawing tools: loaded when somebody draws, for they are as large as the rest of the page.
// They use the global `L`, which the page's own module has set.
import "@geoman-io/leaflet-geoman-free";
import "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css";
import type LeafletNamespace from "leaflet";
import { lang } from "../../i18n";
import L from "../../leaflet";

/** Tools of a map that was made before they were loaded; only layers that say so are drawn on and snapped to. */
export function toolsOf(map: LeafletNamespace.Map): LeafletNamespace.PM.PMMap {
  const tools = map.pm as LeafletNamespace.PM.PMMap | undefined;
  if (!tools) {
    L.PM.setOptIn(true);
    map.options.pmIgnore = false;
    L.PM.reInitLayer(map as unknown as LeafletNamespace.Layer); // it takes maps as well, its types do not say so
    // Handles of corners are for pointers: as stops of the Tab key they would be buttons without a name.
    L.Marker.mergeOptions({ keyboard: false });
    map.pm.setLang(lang);
  }
  return map.pm;
}

/** Tools of a layer, which must not be ignored by its options. */
export function toolsFor<T extends LeafletNamespace.Layer>(layer: T): T {
  if (!("pm" in layer)) L.PM.reInitLayer(layer);
  return layer;
}
