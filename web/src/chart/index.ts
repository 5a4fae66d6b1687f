import { startCharts } from "./element.ts";

startCharts();
