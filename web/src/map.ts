import "./map/index";
