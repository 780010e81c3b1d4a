import { fetchUnits } from "../api";
import { nameOf } from "../i18n";

type Ring = GeoJSON.Position[];

let units: Promise<GeoJSON.FeatureCollection> | null = null;

/** The reporting units as shapes; asked for once, again after a failure. */
export function unitShapes(): Promise<GeoJSON.FeatureCollection> {
  units ??= fetchUnits().catch((error: unknown) => {
    units = null;
    throw error;
  });
  return units;
}

/** The name of the district that a place lies in; zones overlap districts and are left out. */
export function districtAt(collection: GeoJSON.FeatureCollection, lon: number, lat: number): string {
  for (const { geometry, properties } of collection.features) {
    const facts = (properties ?? {}) as { kind?: string; name: string | null; name_en: string | null };
    if (facts.kind === "zone" || !geometry) continue;
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    if (polygons.some((rings) => insideRings(rings, lon, lat))) return nameOf(facts);
  }
  return "";
}

/** Even-odd rule: holes are rings like the others. */
function insideRings(rings: Ring[], lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x, y] = ring[i] as [number, number];
      const [u, v] = ring[j] as [number, number];
      if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
    }
  }
  return inside;
}
