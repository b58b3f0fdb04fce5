// The grid of the 13 bones: crops of the film, a dialog with the criteria of each stage, and the ages that follow.

import { bounds, move } from "./geometry.js";
import { fillList, fillRows, send } from "./requests.js";

const MARGIN = 0.15;

export class StageGrid {
  /** @param changed is called with the stages by bone after each change */
  constructor(section, film, changed) {
    this.section = section;
    this.film = film;
    this.changed = changed;
    this.choices = JSON.parse(section.querySelector("#stage-choices").textContent);
    this.buttons = new Map([...section.querySelectorAll("button.bone")].map((button) => [button.dataset.bone, button]));
    this.dialog = section.querySelector("dialog");
    for (const [bone, button] of this.buttons) {
      button.addEventListener("click", () => this.open(bone));
      button.addEventListener("focus", () => film.showBone(bone));
      button.addEventListener("keydown", (event) => this.key(bone, event));
      this.label(button);
    }
    this.dialog.addEventListener("close", () => this.buttons.get(this.dialog.dataset.bone).focus());
    section.querySelector(".stage-clear").addEventListener("click", () => this.set(this.dialog.dataset.bone, ""));
    this.drawCrops();
    this.ask();
  }

  get stages() {
    const given = [...this.buttons].filter(([, button]) => button.dataset.stage !== "");
    return Object.fromEntries(given.map(([bone, button]) => [bone, button.dataset.stage]));
  }

  key(bone, event) {
    const letter = event.key.toUpperCase();
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (this.choices[bone].some((choice) => choice.stage === letter)) {
      this.set(bone, letter);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.set(bone, "");
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const bones = [...this.buttons.keys()];
      const next = bones.indexOf(bone) + (event.key === "ArrowRight" ? 1 : -1);
      this.buttons.get(bones.at(next % bones.length)).focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  open(bone) {
    const button = this.buttons.get(bone);
    this.dialog.dataset.bone = bone;
    this.dialog.querySelector("h3").textContent = button.dataset.title;
    const options = this.choices[bone].flatMap((choice) => this.optionsOf(choice, button.dataset.stage));
    this.dialog.querySelector(".stage-options").replaceChildren(...options);
    this.dialog.showModal();
    (this.dialog.querySelector("[aria-checked=true]") ?? options[0]).focus();
  }

  /** The option of a stage; where RUS-CHN divides it, one for each level below it. */
  optionsOf({ stage, levels }, current) {
    if (levels.length === 1) {
      return [this.option(stage, levels[0].criterion, current, `RUS-CHN ${levels[0].level}`)];
    }
    const whole = this.option(stage, levels[0].criterion, current, `RUS-CHN ${levels[0].level}–${levels.at(-1).level}`);
    const parts = levels.map(({ level, criterion }) => this.option(level, criterion, current, `RUS-CHN, in stage ${stage}`));
    parts.forEach((part) => part.classList.add("level"));
    return [whole, ...parts];
  }

  option(stage, criterion, current, note) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "stage-option";
    made.setAttribute("role", "radio");
    made.setAttribute("aria-checked", String(stage === current));
    for (const [name, text] of [["stage-name", stage], ["stage-text", criterion], ["stage-note", note]]) {
      const part = made.appendChild(document.createElement("span"));
      part.className = name;
      part.textContent = text;
    }
    made.addEventListener("click", () => this.set(this.dialog.dataset.bone, stage));
    made.addEventListener("keydown", (event) => this.moveFocus(event));
    return made;
  }

  moveFocus(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const options = [...this.dialog.querySelectorAll(".stage-option")];
      options.at((options.indexOf(event.target) + step) % options.length).focus();
    }
  }

  set(bone, stage) {
    const button = this.buttons.get(bone);
    button.dataset.stage = stage;
    this.label(button);
    if (this.dialog.open) {
      this.dialog.close();
    }
    this.ask();
  }

  label(button) {
    const { stage, title, proposed, percent } = button.dataset;
    const share = stage !== "" && stage === proposed ? `${percent} %` : "";
    button.querySelector(".bone-stage").textContent = stage || "–";
    button.querySelector(".bone-share").textContent = share;
    const words = stage === "" ? "no stage" : `stage ${stage}`;
    button.setAttribute("aria-label", `${title}: ${words}${share === "" ? "" : `, proposed with ${share}`}`);
    button.classList.toggle("staged", stage !== "");
  }

  /** Ask the server for the ages; an answer to an earlier request is dropped. */
  async ask() {
    this.changed(this.stages);
    this.asked = (this.asked ?? 0) + 1;
    const number = this.asked;
    if (Object.keys(this.stages).length === 0) {
      this.show({ message: "No bone is staged.", standards: [], findings: [] });
      return;
    }
    const answer = await send(this.section.dataset.ages, { stages: this.stages }).catch((error) => ({
      message: error.message, standards: [], findings: [],
    }));
    if (number === this.asked) {
      this.show(answer);
    }
  }

  show({ message, standards, findings }) {
    const table = this.section.querySelector(".stage-ages");
    table.hidden = standards.length === 0;
    fillRows(table.tBodies[0], standards.map((each) => [
      each.title, each.score, each.interval === "" ? each.age : `${each.age} (${each.interval})`, each.difference,
    ]));
    const spoken = standards.map((each) => `${each.title} ${each.age}`).join(", ");
    this.section.querySelector(".stage-progress").textContent = [message, spoken].filter((part) => part !== "").join(" ");
    fillList(this.section.querySelector(".stage-findings"), findings);
  }

  /** Show each bone's part of the film, upright and with the hand's own contrast; buttons without a place have no picture. */
  drawCrops() {
    const { viewer, data } = this.film;
    const bones = viewer.film.presets.find((preset) => preset.name === "Bones");
    viewer.film.setWindow(bones.low, bones.high, !viewer.film.bright_bones);
    for (const [bone, button] of this.buttons) {
      const canvas = button.querySelector("canvas");
      const place = data.places[bone];
      canvas.hidden = place === undefined;
      if (place !== undefined) {
        drawCrop(canvas, viewer.film, place, -data.rotation_degrees);
      }
    }
    viewer.redraw();
  }
}

function drawCrop(canvas, film, place, degrees) {
  const turn = (degrees * Math.PI) / 180;
  const upright = [Math.cos(turn), Math.sin(turn), -Math.sin(turn), Math.cos(turn), 0, 0];
  const [left, top, right, bottom] = bounds(place.map((point) => move(point, upright)));
  const scale = Math.min(canvas.width / (right - left), canvas.height / (bottom - top)) / (1 + MARGIN);
  const toCanvas = upright.map((value) => value * scale);
  toCanvas[4] = canvas.width / 2 - ((left + right) / 2) * scale;
  toCanvas[5] = canvas.height / 2 - ((top + bottom) / 2) * scale;
  film.draw(canvas.getContext("2d", { alpha: false }), toCanvas);
}
