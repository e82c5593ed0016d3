// Imports dropped or chosen files one after the other, with a progress bar for each. Without this script the form
// posts all files at once and the answer is a page.

const form = document.querySelector("#files");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const outcomes = document.querySelector("#outcomes");
const mostBytes = Number(form.dataset.maxMb) * 1e6;

const percent = (share) => `${Math.floor(share * 100)} %`;

/** A card with a progress bar; `tell` updates the bar, `end` replaces the card with the outcome's HTML. */
const card = (file) => {
  const section = document.createElement("section");
  section.className = "card on-its-way";
  const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
  const stage = Object.assign(document.createElement("span"), { className: "stage", textContent: "waiting" });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", `Import of ${file.name}`);
  section.append(name, stage, bar);
  outcomes.append(section);
  return {
    tell: (word, share) => {
      bar.value = share;
      stage.textContent = `${word} ${percent(share)}`;
    },
    fail: (reason) => {
      bar.remove();
      stage.textContent = "";
      name.textContent = `✕ ${file.name}: ${reason}`;
      section.classList.add("failed");
    },
    end: (html) => {
      section.outerHTML = html; // from the server's template, which escapes all values of the file
    },
  };
};

/** The last complete line of an NDJSON text that is still arriving, parsed; {} where there is none. */
const lastLine = (text) => {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).trim().split("\n");
  try {
    return JSON.parse(lines.at(-1));
  } catch {
    return {};
  }
};

const send = (file, name, shown) => new Promise((done) => {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("name", name);
  body.append("edition", form.elements.edition.value);
  body.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/x-ndjson");
  request.upload.onprogress = (event) => shown.tell("uploading", event.total ? event.loaded / event.total : 0);
  request.onprogress = () => {
    const { progress } = lastLine(request.responseText);
    if (progress !== undefined) shown.tell("reading", progress);
  };
  request.onloadend = () => {
    const { html } = request.status === 200 ? lastLine(request.responseText) : {};
    if (html) shown.end(html);
    else shown.fail(request.status ? "the inspector failed at it" : "the inspector did not answer");
    done();
  };
  request.send(body);
});

let queue = Promise.resolve();

const take = (files) => {
  const name = files.length === 1 ? form.elements.name.value : "";
  for (const file of files) {
    const shown = card(file);
    if (file.size > mostBytes) shown.fail(`larger than ${form.dataset.maxMb} MB`);
    else queue = queue.then(() => send(file, name, shown));
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take([...input.files]);
  input.value = "";
});

for (const type of ["dragenter", "dragover"]) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
// A file that is dropped beside the field must not open in place of the page.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());

// Ctrl+Enter submits the pasted text, as in other editors.
document.querySelector("#text textarea").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("[value=judge]"));
  }
});
