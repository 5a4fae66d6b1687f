import "./map/index.ts";
