/** A QR code as a drawing: one path, a square a dark module, with the quiet border that scanners need. */
import { encode } from "uqr";

import { drawing } from "../pictograms.ts";

const BORDER = 4;

export function qrDrawing(text: string): SVGSVGElement {
  const { size, data } = encode(text, { ecc: "M", border: BORDER });
  const svg = drawing(`0 0 ${size} ${size}`, pathOf(data));
  svg.setAttribute("class", "qr-code");
  svg.setAttribute("role", "img");
  svg.setAttribute("shape-rendering", "crispEdges");
  return svg;
}

/** Dark modules of a row that touch are one bar. */
export function pathOf(modules: readonly (readonly boolean[])[]): string {
  return modules
    .flatMap((row, y) => {
      const bars: string[] = [];
      for (let x = 0; x < row.length; x += 1) {
        if (row[x] !== true) continue;
        const start = x;
        while (row[x + 1] === true) x += 1;
        bars.push(`M${start} ${y}h${x - start + 1}v1h${start - x - 1}z`);
      }
      return bars;
    })
    .join("");
}
