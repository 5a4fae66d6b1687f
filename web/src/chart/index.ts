import { startCharts } from "./element";

startCharts();
