// The reading page: film, reference hands, stages, adult height and decision, as far as the page has them.

import { bindDecision } from "./decision.js";
import { openFilmView } from "./film_view.js";
import { bindHeights } from "./height.js";
import { bindReferences } from "./references.js";
import { StageGrid } from "./stages.js";

function each(selector, bind) {
  document.querySelectorAll(selector).forEach(bind);
}

async function start() {
  const section = document.querySelector("section.film");
  each("form.decision", bindDecision);
  each(".height", bindHeights);
  each(".references", (part) => bindReferences(part, document.querySelector(".beside")));
  try {
    const film = await openFilmView(section);
    section.querySelector(".film-loading").hidden = true;
    each(".stages", (part) => new StageGrid(part, film, keepStages));
  } catch (error) {
    section.querySelector(".film-loading").textContent = error.message;
    throw error;
  }
}

/** The form that is signed takes the stages with it. */
function keepStages(stages) {
  each('form.decision input[name="stages"]', (field) => {
    field.value = JSON.stringify(stages);
  });
}

start();
