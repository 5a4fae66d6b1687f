import "maplibre-gl/dist/maplibre-gl.css";
import { Map as LibreMap, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

setWorkerUrl(workerUrl);

/** A map of nothing yet: the canvas, its size and its life in the page. */
class AnMap extends HTMLElement {
  private map: LibreMap | undefined;

  connectedCallback(): void {
    const style = { version: 8 as const, sources: {}, layers: [] };
    this.map ??= new LibreMap({ container: this, style, attributionControl: false });
  }

  disconnectedCallback(): void {
    // A swap moves the element: it is away for a moment only.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.map?.remove();
      this.map = undefined;
    });
  }
}

customElements.define("an-map", AnMap);
