// Adult height from the inputs of a form.

import { fillList, fillRows, send } from "./requests.js";

const YES_NO = { true: true, false: false };

export function bindHeights(section) {
  const form = section.querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await send(form.dataset.heights, inputsOf(form)).catch((error) => ({
      headline: error.message, methods: [], left_out: [], findings: [],
    }));
    show(section, answer);
  });
}

function inputsOf(form) {
  const given = [...new FormData(form)].filter(([, text]) => text.trim() !== "");
  return Object.fromEntries(given.map(([name, text]) => [name, YES_NO[text] ?? Number(text.replace(",", "."))]));
}

function show(section, { headline, methods, left_out: leftOut, findings }) {
  const none = methods.length > 0 ? "No method that counts in the median can be used." : "No method can be used with these inputs.";
  const words = [headline || none, ...findings];
  section.querySelector(".height-answer").textContent = words.join(" ");
  const table = section.querySelector(".height-methods");
  table.hidden = methods.length === 0;
  fillRows(table.tBodies[0], methods.map((each) => [each.counts ? each.title : `${each.title} (not counted)`, each.height, each.band]));
  fillList(section.querySelector(".height-left-out"), leftOut);
}
