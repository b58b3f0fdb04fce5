// The reading page.

import { openFilmView } from "./film_view.js";

async function start() {
  const section = document.querySelector("section.film");
  try {
    await openFilmView(section);
    section.querySelector(".film-loading").hidden = true;
  } catch (error) {
    section.querySelector(".film-loading").textContent = error.message;
    throw error;
  }
}

start();
