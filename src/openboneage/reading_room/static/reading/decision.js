// The decision: only the fields that belong to the chosen outcome can be filled in.

export function bindDecision(form) {
  const update = () => {
    const outcome = form.elements.outcome.value;
    for (const part of form.querySelectorAll("[data-for]")) {
      const used = part.dataset.for.split(" ").includes(outcome);
      part.hidden = !used;
      part.querySelectorAll("input, textarea").forEach((field) => {
        field.disabled = !used;
      });
    }
    form.querySelector("button[type=submit]").disabled = outcome === "";
  };
  form.addEventListener("change", update);
  update();
}
