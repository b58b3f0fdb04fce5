// Distances on the film: in mm where the file states the spacing of its pixels, otherwise in pixels.

import { move } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";

export function lengthOf(film, [fromX, fromY], [toX, toY]) {
  const [down, across] = film.spacing_mm ?? [1, 1];
  const length = Math.hypot((toX - fromX) * across, (toY - fromY) * down);
  return film.spacing_mm === null ? `${length.toFixed(0)} px` : `${length.toFixed(1)} mm`;
}

export class Measures {
  constructor(viewer, svg) {
    this.viewer = viewer;
    this.lines = [];
    this.open = null;
    this.cursor = null;
    this.group = svg.appendChild(document.createElementNS(SVG, "g"));
    this.group.setAttribute("class", "measures");
    viewer.addEventListener("change", () => this.place());
  }

  /** Start a line at a point of the film, or end the line that was started; returns the length of an ended one. */
  put(point) {
    if (this.open === null) {
      this.open = { from: point, to: point };
      this.lines.push(this.open);
      this.viewer.redraw();
      return null;
    }
    this.open.to = point;
    const length = lengthOf(this.viewer.film, this.open.from, point);
    this.open = null;
    this.viewer.redraw();
    return length;
  }

  follow(point) {
    this.cursor = point;
    if (this.open !== null) {
      this.open.to = point;
    }
    this.viewer.redraw();
  }

  clear() {
    [this.lines, this.open, this.cursor] = [[], null, null];
    this.viewer.redraw();
  }

  place() {
    const { toStage } = this.viewer;
    this.group.replaceChildren();
    for (const line of this.lines) {
      const [from, to] = [move(line.from, toStage), move(line.to, toStage)];
      this.draw("path", { class: "halo", d: `M${from}L${to}` });
      this.draw("path", { d: `M${from}L${to}` });
      for (const [x, y] of [from, to]) {
        this.draw("circle", { cx: x, cy: y, r: 3.5 });
      }
      const [x, y] = [(from[0] + to[0]) / 2 + 8, (from[1] + to[1]) / 2 - 8];
      this.draw("text", { x, y }).textContent = lengthOf(this.viewer.film, line.from, line.to);
    }
    if (this.cursor !== null) {
      const [x, y] = move(this.cursor, toStage);
      this.draw("path", { class: "cursor", d: `M${x - 12} ${y}H${x + 12}M${x} ${y - 12}V${y + 12}` });
    }
  }

  draw(name, attributes) {
    const made = this.group.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) {
      made.setAttribute(key, value);
    }
    return made;
  }
}
