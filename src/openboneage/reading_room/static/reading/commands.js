// Everything that can be done with the film, in one table: buttons, keys and the page of help come from it.

const STEP = 60; // pixels of the page that an arrow key pans
const FINE = 4;

/** @param room film view: viewer, overlays, measures, and what the page shows of them */
export function commandsOf(room) {
  const { viewer } = room;
  return [
    { group: "Position", name: "fit", title: "Show the whole film", keys: ["0"], run: () => viewer.fit() },
    { group: "Position", name: "hand", title: "Show the hand", keys: ["h"], run: () => room.showHand() },
    { group: "Position", name: "actual", title: "One pixel of the film for each pixel of the screen", keys: ["1"],
      run: () => viewer.actualSize() },
    { group: "Position", name: "zoom-in", title: "Zoom in", keys: ["+", "="], run: () => viewer.zoom(1.25) },
    { group: "Position", name: "zoom-out", title: "Zoom out", keys: ["-"], run: () => viewer.zoom(0.8) },
    { group: "Position", name: "arrows", title: "Move the film; in the tool Measure, move the cross", keys: [
      "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], run: (event) => room.arrow(event.key, event.altKey ? FINE : STEP) },
    { group: "Position", name: "rotate", title: "Rotate by 90° clockwise", keys: ["r"], run: () => viewer.rotate(90) },
    { group: "Position", name: "rotate-back", title: "Rotate by 90° counterclockwise", keys: ["R"], run: () => viewer.rotate(-90) },
    { group: "Position", name: "upright", title: "Turn the hand upright", keys: ["u"], run: () => room.upright() },
    { group: "Position", name: "mirror", title: "Mirror", keys: ["f"], run: () => viewer.mirror() },
    { group: "Grey values", name: "invert", title: "Invert", keys: ["i"], run: () => viewer.invert() },
    { group: "Grey values", name: "preset", title: "Next preset of the window", keys: ["p"], run: () => room.nextPreset() },
    { group: "Grey values", name: "darker", title: "Darker, brighter", keys: ["Shift+ArrowUp", "Shift+ArrowDown"],
      run: (event) => viewer.changeWindow(event.key === "ArrowUp" ? 0.05 : -0.05, 0) },
    { group: "Grey values", name: "flatter", title: "More contrast, less contrast", keys: ["Shift+ArrowLeft", "Shift+ArrowRight"],
      run: (event) => viewer.changeWindow(0, event.key === "ArrowRight" ? 0.1 : -0.1) },
    { group: "Grey values", name: "reset", title: "Reset everything", keys: ["z"], run: () => room.reset() },
    { group: "Tool of the left button", name: "window", title: "Window", keys: ["w"], tool: true, run: () => room.choose("window") },
    { group: "Tool of the left button", name: "pan", title: "Move", keys: ["d"], tool: true, run: () => room.choose("pan") },
    { group: "Tool of the left button", name: "measure", title: "Measure", keys: ["m"], tool: true,
      run: () => room.choose("measure") },
    { group: "Tool of the left button", name: "point", title: "Measure: set a point at the cross", keys: ["Enter"],
      run: () => room.putPoint() },
    { group: "Tool of the left button", name: "clear", title: "Measure: remove all lines", keys: ["Escape"],
      run: () => room.clearMeasures() },
    { group: "Overlays", name: "outline", title: "Outline of the hand", keys: ["o"], overlay: true,
      run: () => room.toggle("outline") },
    { group: "Overlays", name: "bones", title: "Bones", keys: ["b"], overlay: true, run: () => room.toggle("bones") },
    { group: "Overlays", name: "joints", title: "Boxes of the joints", keys: ["j"], overlay: true, run: () => room.toggle("joints") },
    { group: "Overlays", name: "occlusion", title: "Occlusion map", keys: ["x"], overlay: true,
      run: () => room.toggle("occlusion") },
    { group: "Overlays", name: "ruler", title: "Ruler", keys: ["l"], overlay: true, run: () => room.toggle("ruler") },
    { group: "Help", name: "help", title: "This page", keys: ["?"], run: () => room.help() },
  ];
}

/** The key of an event as the table writes it: `Shift` only before arrows, since it is part of other keys. */
function keyOf(event) {
  return event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key;
}

/** Run commands by keys while an element has the focus, so that keys never act while a reader types elsewhere. */
export function listenToKeys(element, commands) {
  const byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command])));
  element.addEventListener("keydown", (event) => {
    const command = byKey.get(keyOf(event));
    if (command !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      command.run(event);
    }
  });
}

/** Fill the dialog of help from the table. */
export function fillHelp(list, commands) {
  const words = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "Shift+": "Shift " };
  for (const group of new Set(commands.map((command) => command.group))) {
    const part = list.appendChild(document.createElement("section"));
    part.appendChild(document.createElement("h3")).textContent = group;
    const table = part.appendChild(document.createElement("dl"));
    for (const command of commands.filter((each) => each.group === group)) {
      const keys = table.appendChild(document.createElement("dt"));
      for (const key of command.keys) {
        const written = Object.entries(words).reduce((text, [from, to]) => text.replace(from, to), key);
        keys.appendChild(document.createElement("kbd")).textContent = written;
      }
      table.appendChild(document.createElement("dd")).textContent = command.title;
    }
  }
}
