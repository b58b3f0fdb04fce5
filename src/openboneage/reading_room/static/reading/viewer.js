// Shows a film: where it lies on the screen, its window, and what is drawn over it.

import { bounds, inverse, move, placing } from "./geometry.js";

const MARGIN = 0.96;
const SMALLEST = 0.02;
const LARGEST = 32;

export class Viewer extends EventTarget {
  /** @param stage element with a canvas and an SVG, which both fill it */
  constructor(stage, film) {
    super();
    this.stage = stage;
    this.film = film;
    this.canvas = stage.querySelector("canvas");
    this.layers = [];
    this.waiting = false;
    this.degrees = 0;
    this.mirrored = false;
    this.setPreset(0);
    this.fit();
    this.fitted = true;
    new ResizeObserver(() => this.resize()).observe(stage);
  }

  get width() {
    return this.stage.clientWidth;
  }

  get height() {
    return this.stage.clientHeight;
  }

  /** Affine from film pixels to pixels of the page, from the upper left corner of the stage. */
  get toStage() {
    return placing(this, this.width, this.height);
  }

  toFilm(point) {
    return move(point, inverse(this.toStage));
  }

  /** Layers draw on the canvas after the film: `draw(context, toScreen)`. */
  addLayer(layer) {
    this.layers.push(layer);
    this.redraw();
  }

  setPreset(number) {
    const preset = this.film.presets[number];
    this.preset = number;
    [this.low, this.high] = [preset.low, preset.high];
    this.inverted = !this.film.bright_bones;
    this.redraw();
  }

  /** Move the window by shares of its width: `level` up makes the film darker, `width` up flatter. */
  changeWindow(level, width) {
    const span = this.high - this.low;
    const middle = (this.low + this.high) / 2 + level * span;
    const half = (span * Math.exp(width)) / 2;
    const least = Math.abs(this.film.scale);
    this.preset = null;
    [this.low, this.high] = [middle - Math.max(half, least), middle + Math.max(half, least)];
    this.redraw();
  }

  invert() {
    this.inverted = !this.inverted;
    this.redraw();
  }

  mirror() {
    this.mirrored = !this.mirrored;
    this.degrees = -this.degrees;
    this.redraw();
  }

  rotate(degrees) {
    this.setRotation(this.degrees + degrees);
  }

  setRotation(degrees) {
    this.degrees = ((degrees + 540) % 360) - 180;
    if (this.fitted) {
      this.fit();
    }
    this.redraw();
  }

  zoom(factor, point = [this.width / 2, this.height / 2]) {
    const fixed = this.toFilm(point);
    this.scale = Math.min(Math.max(this.scale * factor, SMALLEST), LARGEST);
    const now = this.toFilm(point);
    this.centre = [this.centre[0] + fixed[0] - now[0], this.centre[1] + fixed[1] - now[1]];
    this.fitted = false;
    this.redraw();
  }

  pan(right, down) {
    const [fromX, fromY] = this.toFilm([0, 0]);
    const [toX, toY] = this.toFilm([right, down]);
    this.centre = [this.centre[0] + fromX - toX, this.centre[1] + fromY - toY];
    this.fitted = false;
    this.redraw();
  }

  /** Show the whole film. */
  fit() {
    this.show([[0, 0], [this.film.width, 0], [this.film.width, this.film.height], [0, this.film.height]]);
    this.fitted = true;
  }

  /** Show a part of the film, given by points in film pixels. */
  show(points) {
    [this.scale, this.centre] = [1, [0, 0]];
    const [left, top, right, bottom] = bounds(points.map((point) => move(point, this.toStage)));
    this.centre = this.toFilm([(left + right) / 2, (top + bottom) / 2]);
    const fitting = Math.min(this.width / (right - left), this.height / (bottom - top));
    this.scale = Math.min(Math.max(MARGIN * fitting, SMALLEST), LARGEST);
    this.fitted = false;
    this.redraw();
  }

  actualSize() {
    this.zoom(1 / this.scale);
  }

  reset() {
    this.degrees = 0;
    this.mirrored = false;
    this.setPreset(0);
    this.fit();
  }

  resize() {
    if (this.fitted) {
      this.fit();
    }
    this.redraw();
  }

  /** Draw at the next frame, once for all changes until then. */
  redraw() {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => this.draw());
    }
  }

  draw() {
    this.waiting = false;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(Math.round(this.width * ratio), 1);
    this.canvas.height = Math.max(Math.round(this.height * ratio), 1);
    const toScreen = this.toStage.map((value) => value * ratio);
    const context = this.canvas.getContext("2d", { alpha: false });
    this.film.setWindow(this.low, this.high, this.inverted);
    this.film.draw(context, toScreen);
    for (const layer of this.layers) {
      layer.draw(context, toScreen);
    }
    this.dispatchEvent(new Event("change"));
  }
}
