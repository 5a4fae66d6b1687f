import "./chart/index";
