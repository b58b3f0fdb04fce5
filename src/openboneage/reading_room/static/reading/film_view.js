// The film of a page: loads film and overlays, and connects viewer, tools, keys, buttons and the line of values.

import { commandsOf, fillHelp, listenToKeys } from "./commands.js";
import { loadFilm } from "./film.js";
import { bounds, move } from "./geometry.js";
import { Gestures } from "./gestures.js";
import { Measures } from "./measure.js";
import { Overlays, paintScale } from "./overlays.js";
import { Viewer } from "./viewer.js";

const TURN_DEGREES = 30; // a hand rotated by more is shown upright, as in the report
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export async function openFilmView(section) {
  const [film, data] = await Promise.all([loadFilm(section.dataset.film), loadOverlays(section.dataset.overlays)]);
  return new FilmView(section, film, data);
}

async function loadOverlays(address) {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(`The overlays could not be loaded: the server answered ${answer.status}.`);
  }
  return answer.json();
}

export class FilmView {
  constructor(section, film, data) {
    this.section = section;
    this.data = data;
    const svg = section.querySelector(".film-stage svg");
    this.viewer = new Viewer(section.querySelector(".film-stage"), film);
    this.overlays = new Overlays(this.viewer, svg, data);
    this.measures = new Measures(this.viewer, svg);
    this.tool = "window";
    this.gestures = new Gestures(this.viewer, this.measures, () => this.tool);
    this.commands = commandsOf(this);
    this.bindButtons();
    this.bindPresets(film.presets);
    listenToKeys(this.viewer.stage, this.commands);
    fillHelp(section.querySelector(".film-help-keys"), this.commands);
    this.viewer.addEventListener("change", () => this.tell());
    this.viewer.stage.addEventListener("pointermove", (event) => this.tellPoint(this.gestures.place(event)));
    this.start();
  }

  /** Show the hand upright if it lies far from it, with ruler and outline. */
  start() {
    if (Math.abs(this.data.rotation_degrees) > TURN_DEGREES) {
      this.upright();
    }
    this.choose("window");
    this.toggle("ruler");
    this.section.dataset.ready = "yes";
  }

  bindButtons() {
    for (const command of this.commands) {
      for (const button of this.section.querySelectorAll(`button[data-command="${command.name}"]`)) {
        button.addEventListener("click", (event) => command.run(event));
        button.title = `${command.title} (${command.keys[0]})`;
        if (command.overlay) {
          button.hidden = !this.overlays.available.includes(command.name);
        }
      }
    }
    if (this.data.occlusion !== null) {
      paintScale(this.section.querySelector(".map-scale canvas"), this.data.occlusion.stops);
    }
  }

  bindPresets(presets) {
    const select = this.section.querySelector("select.preset");
    select.replaceChildren(...presets.map((preset, number) => new Option(preset.name, number)), new Option("Own window", ""));
    select.addEventListener("change", () => {
      if (select.value !== "") {
        this.viewer.setPreset(Number(select.value));
      }
    });
    this.preset = select;
  }

  choose(tool) {
    this.tool = tool;
    this.viewer.stage.dataset.tool = tool;
    this.pressed((command) => command.tool, (command) => command.name === tool);
    if (tool === "measure") {
      this.say("Measure: set the first point with a click, or move the cross with the arrow keys and press Enter.");
    } else if (this.measures.cursor !== null) {
      this.measures.cursor = null;
      this.viewer.redraw();
    }
  }

  toggle(name) {
    if (!this.overlays.available.includes(name)) {
      this.say("This film has no such overlay.");
      return;
    }
    const shown = this.overlays.toggle(name);
    this.pressed((command) => command.name === name, () => shown);
    if (name === "occlusion") {
      this.section.querySelector(".map-scale").hidden = !shown;
    }
  }

  pressed(which, state) {
    for (const command of this.commands.filter(which)) {
      for (const button of this.section.querySelectorAll(`button[data-command="${command.name}"]`)) {
        button.setAttribute("aria-pressed", String(state(command)));
      }
    }
  }

  nextPreset() {
    const next = ((this.viewer.preset ?? -1) + 1) % this.viewer.film.presets.length;
    this.viewer.setPreset(next);
    this.say(`Window: ${this.viewer.film.presets[next].name}.`);
  }

  upright() {
    this.viewer.setRotation(this.viewer.mirrored ? this.data.rotation_degrees : -this.data.rotation_degrees);
  }

  showHand() {
    this.viewer.show(this.data.outlines[0] ?? this.data.bones[0]?.points ?? [[0, 0], [this.viewer.film.width, this.viewer.film.height]]);
  }

  /** Mark a bone, and move the film if its place is out of view; nothing is marked where the place is not known. */
  showBone(name) {
    this.overlays.mark(name);
    const place = this.data.places[name];
    if (place === undefined) {
      return;
    }
    const { viewer } = this;
    const [left, top, right, bottom] = bounds(place.map((point) => move(point, viewer.toStage)));
    if (left < 0 || top < 0 || right > viewer.width || bottom > viewer.height) {
      viewer.pan((viewer.width - left - right) / 2, (viewer.height - top - bottom) / 2);
    }
  }

  arrow(key, step) {
    const [right, down] = ARROWS[key];
    if (this.tool !== "measure") {
      this.viewer.pan(right * step, down * step);
      return;
    }
    const { viewer } = this;
    const [x, y] = this.measures.cursor === null ? [viewer.width / 2, viewer.height / 2] : move(this.measures.cursor, viewer.toStage);
    this.measures.follow(viewer.toFilm([x - (right * step) / 10, y - (down * step) / 10]));
  }

  putPoint() {
    if (this.tool !== "measure") {
      return;
    }
    const { viewer } = this;
    const point = this.measures.cursor ?? viewer.toFilm([viewer.width / 2, viewer.height / 2]);
    const length = this.measures.put(point);
    this.measures.cursor = point;
    this.say(length === null ? "First point set." : `Length ${length}.`);
  }

  clearMeasures() {
    this.measures.clear();
    this.say("Measured lines removed.");
  }

  reset() {
    this.viewer.reset();
    this.measures.clear();
    this.overlays.mark(null);
    if (Math.abs(this.data.rotation_degrees) > TURN_DEGREES) {
      this.upright();
    }
    this.say("Reset.");
  }

  help() {
    this.section.querySelector("dialog.film-help").showModal();
  }

  /** Write the values of the view; screen readers hear them when they rest. */
  tell() {
    const { viewer } = this;
    const round = (value) => (Math.abs(viewer.high - viewer.low) < 20 ? value.toFixed(2) : value.toFixed(0));
    const parts = [
      `Zoom ${(100 * viewer.scale).toFixed(0)} %`,
      `Window ${round(viewer.high - viewer.low)}, level ${round((viewer.low + viewer.high) / 2)}`,
    ];
    if (Math.abs(viewer.degrees) > 0.05) {
      parts.push(`Rotated ${viewer.degrees.toFixed(0)}°`);
    }
    if (viewer.mirrored) {
      parts.push("Mirrored");
    }
    if (viewer.inverted) {
      parts.push("Inverted");
    }
    this.section.querySelector(".film-values").textContent = parts.join(" · ");
    this.preset.value = viewer.preset === null ? "" : String(viewer.preset);
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.say(parts.join(", ")), 700);
  }

  tellPoint(place) {
    const point = this.viewer.toFilm(place);
    const value = this.viewer.film.valueAt(point);
    const months = this.overlays.map?.visible ? this.overlays.map.monthsAt(point) : null;
    const parts = value === null ? [] : [`Value ${Math.round(value)}`];
    if (value !== null && months !== null) {
      parts.push(`covering here changes the age by ${months > 0 ? "+" : ""}${months.toFixed(1)} months`);
    }
    this.section.querySelector(".film-point").textContent = parts.join(" · ");
  }

  say(text) {
    this.section.querySelector(".film-say").textContent = text;
  }
}
