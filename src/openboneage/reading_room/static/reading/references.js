// Reference hands: a click shows one beside the film, a second click removes it.

export function bindReferences(section, beside) {
  const buttons = [...section.querySelectorAll("button.reference")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(shown && each === button)));
      beside.hidden = !shown;
      if (shown) {
        beside.querySelector("img").src = button.dataset.image;
        beside.querySelector("img").alt = `Reference hand, ${button.dataset.label}`;
        beside.querySelector("figcaption").textContent = button.dataset.label;
      }
    });
  }
}
