// Uploads: one request for each file, three at a time, from the file dialogs or dropped, folders included.

const AT_ONCE = 3;
const area = document.querySelector("#upload");
const progress = area.querySelector("#upload-progress");
const bar = progress.querySelector("progress");
const status = area.querySelector("#upload-status");
const errors = area.querySelector("#upload-errors");
const token = document.querySelector('meta[name="csrf-token"]').content;
let done = 0;
let total = 0;
let added = 0;

for (const input of area.querySelectorAll('input[type="file"]')) {
  input.addEventListener("change", () => {
    upload([...input.files]);
    input.value = "";
  });
}

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    area.classList.toggle("dropping", name === "dragenter" || name === "dragover");
  });
}

document.addEventListener("drop", async (event) => {
  // The entries must be taken before the first wait: the list is empty afterwards.
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const lists = await Promise.all(entries.map(filesOf));
  upload(lists.flat());
});

async function filesOf(entry) {
  if (entry.isFile) {
    return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A reader gives up to 100 entries at a time.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      break;
    }
    found.push(...some);
  }
  return (await Promise.all(found.map(filesOf))).flat();
}

async function upload(files) {
  const waiting = files.filter((file) => !file.name.startsWith(".") && file.name !== "DICOMDIR");
  if (done === total) {
    done = total = added = 0;
    errors.replaceChildren();
  }
  total += waiting.length;
  show();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await send(file);
      done += 1;
      show();
    }
  }));
  window.htmx.trigger("#search", "submit");
}

async function send(file) {
  const form = new FormData();
  form.append("file", file);
  try {
    const answer = await fetch("/upload", { method: "POST", headers: { "X-CSRF-Token": token }, body: form });
    const found = await answer.json();
    if (!answer.ok) {
      throw new Error(found.message);
    }
    for (const film of found) {
      added += film.is_new ? 1 : 0;
      if (film.error) {
        fail(film.name, film.error);
      }
    }
  } catch (error) {
    fail(file.name, error.message);
  }
}

function fail(name, message) {
  const line = document.createElement("li");
  line.textContent = `${name}: ${message}`;
  errors.append(line);
}

function show() {
  progress.hidden = total === 0;
  bar.max = Math.max(total, 1);
  bar.value = done;
  status.textContent = `${done} of ${total} files sent, ${added} new film${added === 1 ? "" : "s"}`;
}
