// The film at full depth: 16 bits for each pixel, reduced step by step for small views, and brightness by a table.

import { bounds, chain, inverse, move } from "./geometry.js";

/** Read a film from the server: length of the header (uint32), header (JSON), samples (uint16), all little-endian. */
export async function loadFilm(address) {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(`The film could not be loaded: the server answered ${answer.status}.`);
  }
  const data = await answer.arrayBuffer();
  const length = new DataView(data).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  return new Film(header, new Uint16Array(data, 4 + length));
}

export class Film {
  /**
   * @param header width, height, offset and scale (value = offset + scale * sample), spacing_mm, bright_bones, presets
   * @param samples Uint16Array of width * height
   */
  constructor(header, samples) {
    Object.assign(this, header);
    this.steps = [{ width: header.width, height: header.height, samples }];
    this.scratch = document.createElement("canvas");
    this.colours = new Uint32Array(65536);
  }

  /** Samples of a value, for windows. */
  sampleOf(value) {
    return (value - this.offset) / this.scale;
  }

  valueAt([x, y]) {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) {
      return null;
    }
    return this.offset + this.scale * this.steps[0].samples[row * this.width + column];
  }

  /** Brightness of each sample: black at `low` and below, white at `high` and above. */
  setWindow(low, high, inverted) {
    const [first, last] = [this.sampleOf(low), this.sampleOf(high)];
    const span = Math.max(last - first, 1e-6);
    for (let sample = 0; sample < 65536; sample += 1) {
      const share = Math.min(Math.max((sample - first) / span, 0), 1);
      const grey = Math.round(255 * (inverted ? 1 - share : share));
      this.colours[sample] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
    }
  }

  /** Draw the visible part through `toScreen`, an affine from film pixels to pixels of the canvas. */
  draw(context, toScreen) {
    const number = this.stepFor(Math.sqrt(Math.abs(toScreen[0] * toScreen[3] - toScreen[1] * toScreen[2])));
    const step = this.steps[number];
    const onto = chain([this.width / step.width, 0, 0, this.height / step.height, 0, 0], toScreen);
    const part = visiblePart(step, onto, context.canvas);
    if (part === null) {
      return;
    }
    const [left, top, width, height] = part;
    this.paint(step, left, top, width, height);
    context.setTransform(...onto);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.scratch, 0, 0, width, height, left, top, width, height);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** The reduction whose pixels are at most one pixel of the screen, so that nothing is skipped. */
  stepFor(scale) {
    const wanted = Math.max(Math.floor(Math.log2(1 / scale)), 0);
    while (this.steps.length <= wanted && this.steps.at(-1).width > 64) {
      this.steps.push(halved(this.steps.at(-1)));
    }
    return Math.min(wanted, this.steps.length - 1);
  }

  paint(step, left, top, width, height) {
    if (this.scratch.width < width || this.scratch.height < height) {
      this.scratch.width = Math.max(width, this.scratch.width);
      this.scratch.height = Math.max(height, this.scratch.height);
    }
    const picture = new ImageData(width, height);
    const pixels = new Uint32Array(picture.data.buffer);
    for (let row = 0; row < height; row += 1) {
      const start = (top + row) * step.width + left;
      for (let column = 0; column < width; column += 1) {
        pixels[row * width + column] = this.colours[step.samples[start + column]];
      }
    }
    this.scratch.getContext("2d").putImageData(picture, 0, 0);
  }
}

/** Left, top, width and height of what a canvas shows of a picture, in the picture's pixels; null for nothing. */
function visiblePart(picture, toScreen, canvas) {
  const back = inverse(toScreen);
  const corners = [[0, 0], [canvas.width, 0], [canvas.width, canvas.height], [0, canvas.height]];
  const [left, top, right, bottom] = bounds(corners.map((corner) => move(corner, back)));
  const [x, y] = [Math.max(Math.floor(left) - 1, 0), Math.max(Math.floor(top) - 1, 0)];
  const width = Math.min(Math.ceil(right) + 1, picture.width) - x;
  const height = Math.min(Math.ceil(bottom) + 1, picture.height) - y;
  return width > 0 && height > 0 ? [x, y, width, height] : null;
}

/** Means of two by two pixels. */
function halved({ width, height, samples }) {
  const [columns, rows] = [width >> 1, height >> 1];
  const half = new Uint16Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    const above = 2 * row * width;
    for (let column = 0; column < columns; column += 1) {
      const at = above + 2 * column;
      half[row * columns + column] = (samples[at] + samples[at + 1] + samples[at + width] + samples[at + width + 1] + 2) >> 2;
    }
  }
  return { width: columns, height: rows, samples: half };
}
