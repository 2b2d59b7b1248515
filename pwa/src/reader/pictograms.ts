/** The few pictograms that scripts draw; the same as in `server/site/templates/pictograms.html`. */
const SVG = "http://www.w3.org/2000/svg";

export const PATHS = {
  yes: "M4 13l5 5L20 7",
  no: "M6 6l12 12M18 6 6 18",
  unknown: "M8 9a4 4 0 1 1 6 3.500c-1.500 1-2 1.500-2 3M12 19v.5",
  listen: "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
  share: "M12 15V3M8 7l4-4 4 4M7 11H4v10h16V11h-3",
  print: "M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z",
} as const;

export function pictogram(name: keyof typeof PATHS): SVGSVGElement {
  const svg = drawing("0 0 24 24", PATHS[name]);
  const set = { fill: "none", stroke: "currentColor", "stroke-width": "2" };
  const ends = { "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries({ ...set, ...ends })) svg.setAttribute(key, value);
  svg.setAttribute("class", "pictogram");
  return svg;
}

/** One path in its own box. */
export function drawing(viewBox: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
