import "./chart/index.ts";
