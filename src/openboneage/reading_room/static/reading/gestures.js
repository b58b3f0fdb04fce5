// Mouse, touch pad and touch: drag with the chosen tool, wheel and pinch zoom at the pointer, right or middle button pans.

const WHEEL = 0.0016;
const PINCH = 0.01;

export class Gestures {
  /** @param tool gives the chosen tool: `window`, `pan` or `measure` */
  constructor(viewer, measures, tool) {
    Object.assign(this, { viewer, measures, tool });
    this.pointers = new Map();
    const { stage } = viewer;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.drag(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.up(event));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  place(event) {
    const box = this.viewer.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    this.viewer.stage.setPointerCapture(event.pointerId);
    const pans = event.button !== 0 || event.shiftKey || event.altKey;
    this.pointers.set(event.pointerId, { at: this.place(event), from: this.place(event), pans });
    if (this.tool() === "measure" && !pans && this.pointers.size === 1 && this.measures.open === null) {
      this.measures.put(this.viewer.toFilm(this.place(event)));
    }
  }

  drag(event) {
    const pointer = this.pointers.get(event.pointerId);
    const now = this.place(event);
    if (pointer === undefined) {
      if (this.measures.open !== null) {
        this.measures.follow(this.viewer.toFilm(now));
      }
      return;
    }
    const before = pointer.at;
    pointer.at = now;
    if (this.pointers.size > 1) {
      this.pinch(event.pointerId, before, now);
    } else {
      this.use(pointer.pans ? "pan" : this.tool(), now, [now[0] - before[0], now[1] - before[1]]);
    }
  }

  use(tool, now, [right, down]) {
    if (tool === "pan") {
      this.viewer.pan(right, down);
    } else if (tool === "measure") {
      this.measures.follow(this.viewer.toFilm(now));
    } else {
      this.viewer.changeWindow(down / 400, right / 300);
    }
  }

  pinch(moved, before, now) {
    const other = [...this.pointers].find(([id]) => id !== moved)[1].at;
    const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
    this.viewer.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.viewer.zoom(Math.max(apart(now), 1) / Math.max(apart(before), 1), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
  }

  up(event) {
    const pointer = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (pointer === undefined || pointer.pans || this.tool() !== "measure" || this.measures.open === null) {
      return;
    }
    const [x, y] = this.place(event);
    if (Math.hypot(x - pointer.from[0], y - pointer.from[1]) > 4 || this.measures.open.waits) {
      this.measures.put(this.viewer.toFilm([x, y]));
      this.measures.cursor = null;
    } else {
      this.measures.open.waits = true; // a click starts a line, the next one ends it
    }
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.viewer.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? PINCH : WHEEL)), this.place(event));
  }
}
