// Affine transforms [a, b, c, d, e, f] as a canvas has them: x' = a x + c y + e, y' = b x + d y + f.

export function move([x, y], [a, b, c, d, e, f]) {
  return [a * x + c * y + e, b * x + d * y + f];
}

export function inverse([a, b, c, d, e, f]) {
  const size = a * d - b * c;
  return [d / size, -b / size, -c / size, a / size, (c * f - d * e) / size, (b * e - a * f) / size];
}

/** First `first`, then `then`. */
export function chain(first, then) {
  const [a, b, c, d, e, f] = first;
  const [x, y] = move([e, f], then);
  return [
    then[0] * a + then[2] * b, then[1] * a + then[3] * b,
    then[0] * c + then[2] * d, then[1] * c + then[3] * d,
    x, y,
  ];
}

/** Smallest box around points: [left, top, right, bottom]. */
export function bounds(points) {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The film on the screen: `centre` in film pixels lies in the middle; `degrees` turns it clockwise. */
export function placing(view, width, height) {
  const turn = (view.degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn) * view.scale, Math.sin(turn) * view.scale];
  const side = view.mirrored ? -1 : 1;
  const [a, b, c, d] = [cos * side, sin * side, -sin, cos];
  const [x, y] = view.centre;
  return [a, b, c, d, width / 2 - a * x - c * y, height / 2 - b * x - d * y];
}
