// Requests to the server with the token that proves that they come from this page.

export async function send(address, content) {
  const token = document.querySelector('meta[name="csrf-token"]');
  const headers = { "Content-Type": "application/json", ...(token === null ? {} : { "X-CSRF-Token": token.content }) };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(content) });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(typeof found.message === "string" ? found.message : `The server answered ${answer.status}; load the page again.`);
  }
  return found;
}

/** Fill the rows of a table with texts, the first cell of each as its header. */
export function fillRows(body, rows) {
  body.replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    cells.forEach((text, column) => {
      const cell = row.appendChild(document.createElement(column === 0 ? "th" : "td"));
      if (column === 0) {
        cell.scope = "row";
      }
      cell.textContent = text;
    });
    return row;
  }));
}

/** Fill a list with texts; its disclosure is hidden where there are none. */
export function fillList(details, texts) {
  details.hidden = texts.length === 0;
  details.querySelector("ul").replaceChildren(...texts.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}
