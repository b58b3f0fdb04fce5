// What lies over the film: outline of the hand, bones with stages, boxes of joints, occlusion map with its scale, ruler.

import { bounds, chain, inverse, move } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const RULER_MM = [100, 50, 20, 10, 5, 2, 1];

function element(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.textContent = text;
  return made;
}

function path(points) {
  return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;
}

/** A group of shapes in film pixels, with labels that keep their size. */
class Shapes {
  constructor(svg, name) {
    this.group = svg.appendChild(element("g", { class: `shapes ${name}`, visibility: "hidden" }));
    this.labels = [];
  }

  add(points, label = "") {
    const shape = this.group.appendChild(element("path", { d: path(points) }));
    if (label !== "") {
      const [left, top, right] = bounds(points);
      this.labels.push({ at: [right, top], other: [left, top], text: this.group.appendChild(element("text", {}, label)) });
    }
    return shape;
  }

  set visible(visible) {
    this.group.setAttribute("visibility", visible ? "visible" : "hidden");
  }

  place(toStage) {
    const matrix = `matrix(${toStage.join(" ")})`;
    for (const shape of this.group.querySelectorAll("path")) {
      shape.setAttribute("transform", matrix);
    }
    for (const { at, other, text } of this.labels) {
      const [[x, y], [x2, y2]] = [move(at, toStage), move(other, toStage)];
      text.setAttribute("x", (Math.max(x, x2) + 4).toFixed(1));
      text.setAttribute("y", (Math.min(y, y2) + 4).toFixed(1));
    }
  }
}

/** The occlusion map: colours over the film, months at a point. */
export class OcclusionMap {
  constructor({ width, height, film_to_map: filmToMap, tenths, colours }) {
    Object.assign(this, { width, height, filmToMap, tenths });
    this.visible = false;
    this.picture = document.createElement("canvas");
    [this.picture.width, this.picture.height] = [width, height];
    const bytes = Uint8ClampedArray.from(atob(colours), (letter) => letter.charCodeAt(0));
    this.picture.getContext("2d").putImageData(new ImageData(bytes, width, height), 0, 0);
  }

  draw(context, toScreen) {
    if (!this.visible) {
      return;
    }
    context.setTransform(...chain(inverse(this.filmToMap), toScreen));
    context.imageSmoothingQuality = "high";
    context.drawImage(this.picture, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  monthsAt(point) {
    const [x, y] = move(point, this.filmToMap).map(Math.floor);
    const inside = x >= 0 && y >= 0 && x < this.width && y < this.height;
    return inside ? this.tenths[y * this.width + x] / 10 : null;
  }
}

/** Paint the scale of the occlusion map: RGB colours from the lowest to the highest change. */
export function paintScale(canvas, stops) {
  [canvas.width, canvas.height] = [stops.length, 1];
  const pixels = new Uint8ClampedArray(stops.flatMap(([red, green, blue]) => [red, green, blue, 255]));
  canvas.getContext("2d").putImageData(new ImageData(pixels, stops.length, 1), 0, 0);
}

export class Overlays {
  /** @param data outlines, bones and joints in film pixels, and the occlusion map; each may be empty or null */
  constructor(viewer, svg, data) {
    this.viewer = viewer;
    this.svg = svg;
    this.shown = new Set();
    this.shapes = { outline: new Shapes(svg, "outline"), bones: new Shapes(svg, "bones"), joints: new Shapes(svg, "joints") };
    this.bones = new Map();
    for (const points of data.outlines) {
      this.shapes.outline.add(points);
    }
    for (const bone of data.bones) {
      this.bones.set(bone.name, this.shapes.bones.add(bone.points, bone.label));
    }
    for (const joint of data.joints) {
      this.shapes.joints.add(joint.points, joint.name.toUpperCase());
    }
    this.focus = new Shapes(svg, "focus");
    this.places = data.places;
    this.map = data.occlusion === null ? null : new OcclusionMap(data.occlusion);
    if (this.map !== null) {
      viewer.addLayer(this.map);
    }
    this.ruler = this.makeRuler();
    viewer.addEventListener("change", () => this.place());
  }

  /** Names of the overlays that this film has. */
  get available() {
    const filled = Object.entries(this.shapes).filter(([, shapes]) => shapes.group.childElementCount > 0);
    return [...filled.map(([name]) => name), ...(this.map === null ? [] : ["occlusion"]), "ruler"];
  }

  toggle(name) {
    if (this.shown.has(name)) {
      this.shown.delete(name);
    } else {
      this.shown.add(name);
    }
    this.viewer.redraw();
    return this.shown.has(name);
  }

  /** Mark the bone that the reader stages: its outline, and the box of its joint; null marks none. */
  mark(name) {
    for (const [bone, shape] of this.bones) {
      shape.classList.toggle("marked", bone === name);
    }
    this.focus.group.replaceChildren();
    if (this.places[name] !== undefined) {
      this.focus.add(this.places[name]);
    }
    this.focus.visible = true;
    this.viewer.redraw();
  }

  place() {
    const { toStage } = this.viewer;
    for (const [name, shapes] of Object.entries(this.shapes)) {
      shapes.visible = this.shown.has(name);
      shapes.place(toStage);
    }
    this.focus.place(toStage);
    if (this.map !== null && this.map.visible !== this.shown.has("occlusion")) {
      this.map.visible = this.shown.has("occlusion");
      this.viewer.redraw();
    }
    this.placeRuler();
  }

  makeRuler() {
    const group = this.svg.appendChild(element("g", { class: "ruler", visibility: "hidden" }));
    group.append(element("path", { class: "halo" }), element("path", {}), element("text", {}));
    return group;
  }

  placeRuler() {
    const { viewer } = this;
    const spacing = viewer.film.spacing_mm;
    const unit = spacing === null ? 1 : spacing[1];
    const wanted = (0.3 * viewer.width) / viewer.scale;
    const lengths = spacing === null ? RULER_MM.map((mm) => 20 * mm) : RULER_MM;
    const length = lengths.find((each) => each / unit <= wanted) ?? lengths.at(-1);
    const pixels = (length / unit) * viewer.scale;
    const [x, y] = [18, viewer.height - 22];
    const line = `M${x} ${y - 7}V${y}H${x + pixels}V${y - 7}M${x + pixels / 2} ${y - 4}V${y}`;
    const [halo, bar, text] = this.ruler.children;
    halo.setAttribute("d", line);
    bar.setAttribute("d", line);
    text.textContent = spacing === null ? `${length} px` : `${length} mm`;
    text.setAttribute("x", x + pixels + 8);
    text.setAttribute("y", y + 2);
    this.ruler.setAttribute("visibility", this.shown.has("ruler") ? "visible" : "hidden");
  }
}
