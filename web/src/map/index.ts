import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import { prewarm, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { AnMap } from "./element";
import { MapPage } from "./page";
import { startProvider } from "./provider";

setWorkerUrl(workerUrl);
prewarm(); // the worker reads its script while the map is made
startProvider();

// The page says what is on before its map opens.
const page = document.querySelector<HTMLElement>("[data-map-page]");
customElements.define("an-map", AnMap);
const map = page?.querySelector<AnMap>("an-map");
if (page && map) new MapPage(page, map);
