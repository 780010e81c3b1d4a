import L from "../leaflet";
import type { PageConfig } from "../config";
import { t } from "../i18n";
import type { PageStore } from "../state/page";
import { part } from "./dom";

/** A fix takes a while indoors. One from before is of another place. */
const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 0, timeout: 15_000 };
const ROUGH_M = 500;

/**
 * "My location": the browser asks for consent, the place begins a walk and is kept nowhere, neither by
 * the page nor in the address. What hinders it is told plainly beside the button.
 */
export function locateButtons(config: PageConfig, store: PageStore): void {
  const status = part("locate-status");
  const buttons = [...document.querySelectorAll<HTMLButtonElement>("[data-locate]")];
  const [west, south, east, north] = config.bounds;
  const city = L.latLngBounds([south, west], [north, east]);
  const tell = (text: string, busy = false): void => {
    status.textContent = text;
    status.hidden = text === "";
    for (const button of buttons) button.setAttribute("aria-busy", String(busy));
  };
  const found = ({ coords }: GeolocationPosition): void => {
    const { latitude: lat, longitude: lon, accuracy } = coords;
    if (!city.contains([lat, lon])) return tell(t("locateOutside"));
    tell(accuracy > ROUGH_M ? t("locateRough", { metres: Math.round(accuracy / 100) * 100 }) : "");
    store.set({ from: { lat, lon, keyboard: true, located: true } });
  };
  const failed = ({ code }: GeolocationPositionError): void =>
    tell(t(code === 1 ? "locateRefused" : code === 3 ? "locateLate" : "locateUnavailable"));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      // Without HTTPS, and in some browsers within other programs, there is none.
      if (!("geolocation" in navigator) || !window.isSecureContext) return tell(t("locateUnavailable"));
      tell(t("locating"), true);
      navigator.geolocation.getCurrentPosition(found, failed, OPTIONS);
    });
  }
  store.on(["from"], ({ from }) => {
    if (!from?.located) tell("");
  });
}
