// Downloads an export with a progress bar. Without this script the form downloads the file, without progress.

const form = document.getElementById("export");
const submit = form.querySelector("[type=submit]");
const cancel = form.querySelector("[data-cancel]");
const bar = form.querySelector("progress");
const state = form.querySelector("[data-state]");
const kinds = [...form.querySelectorAll("input[type=checkbox][name=redact]")];

const CUT_OFF = "\n*** The export was cut off here. ***\n"; // events/exports/download.py writes it
const LOOKED_AT = 200_000; // characters of each chunk that are searched for an event's number: more than an event has
const TOO_LARGE = 200_000_000; // bytes above which the file is streamed to disk, where the browser can

const size = (bytes) => {
  const units = ["bytes", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${(bytes / 1000 ** step).toFixed(step > 1 ? 1 : 0)} ${units[step]}`;
};
const count = new Intl.NumberFormat("en-GB");
const chosen = () => form.querySelector("[name=format]:checked");
const part = () => form.querySelector("[name=part]:checked")?.value === "filter";
const expected = (choice) => Number(part() ? choice.dataset.partBytes : choice.dataset.bytes);

// --- the form ---

function describe() {
  for (const choice of form.querySelectorAll("[name=format]")) {
    choice.closest("label").querySelector(".format-size").textContent = `≈ ${size(expected(choice))}`;
  }
  form.querySelector("[data-unmasked]").hidden = kinds.some((kind) => kind.checked);
}

for (const button of form.querySelectorAll("[data-kinds]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const kind of kinds) kind.checked = button.dataset.kinds === "all";
    describe();
  });
}
form.addEventListener("change", describe);
describe();

// --- the download ---

// The progress of a file that arrives in chunks: its bytes, and the number of the latest event in it.
class Progress {
  constructor(answer, pattern) {
    this.events = Number(answer.headers.get("X-Event-Count"));
    this.last = Number(answer.headers.get("X-Last-Seq"));
    this.pattern = new RegExp(pattern, "g");
    this.decoder = new TextDecoder();
    this.tail = "";
    this.bytes = 0;
    this.seq = 0;
  }

  take(piece) {
    this.bytes += piece.length;
    this.tail = (this.tail + this.decoder.decode(piece, { stream: true })).slice(-LOOKED_AT);
    for (const [, seq] of this.tail.matchAll(this.pattern)) this.seq = Math.min(Math.max(this.seq, Number(seq)), this.last);
    this.tail = this.tail.slice(-200); // a number may span two chunks
  }

  get done() {
    return this.last ? this.seq / this.last : 1;
  }

  show() {
    bar.value = this.done;
    const events = Math.round(this.done * this.events);
    state.textContent = `${count.format(events)} of ${count.format(this.events)} events · ${size(this.bytes)}`;
  }
}

// The file's destination: streamed to disk where it is very large and the browser can, else collected in memory.
async function target(choice) {
  if (expected(choice) > TOO_LARGE && window.showSaveFilePicker) {
    const handle = await window.showSaveFilePicker({ suggestedName: choice.dataset.file });
    const writable = await handle.createWritable();
    return { write: (piece) => writable.write(piece), keep: () => writable.close(), drop: () => writable.abort() };
  }
  const pieces = [];
  return { write: (piece) => pieces.push(piece), keep: (name, type) => save(new Blob(pieces, { type }), name), drop: () => (pieces.length = 0) };
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function nameIn(answer, otherwise) {
  const header = answer.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(header)?.[1];
  return encoded ? decodeURIComponent(encoded) : (/filename="([^"]+)"/.exec(header)?.[1] ?? otherwise);
}

async function fetched(choice, out, signal) {
  const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`, { signal });
  if (!answer.ok) throw new Error(`the inspector answered ${answer.status}`);
  const progress = new Progress(answer, choice.dataset.progress);
  const reader = answer.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    await out.write(piece.value);
    progress.take(piece.value);
    progress.show();
  }
  if (progress.tail.endsWith(CUT_OFF)) throw new Error("the inspector could not finish it: the recording is gone, or its database did not answer");
  await out.keep(nameIn(answer, choice.dataset.file), answer.headers.get("Content-Type"));
  bar.value = 1;
  state.textContent = `Done: ${count.format(progress.events)} events, ${size(progress.bytes)}`;
}

function working(yes) {
  submit.disabled = yes;
  cancel.hidden = !yes;
  bar.hidden = !yes;
  state.classList.remove("failed");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const stop = new AbortController();
  cancel.onclick = () => stop.abort();
  bar.value = 0;
  state.textContent = "starting…";
  working(true);
  let out;
  try {
    out = await target(chosen());
    await fetched(chosen(), out, stop.signal);
    working(false);
  } catch (error) {
    await out?.drop();
    working(false);
    const cancelled = error.name === "AbortError";
    state.classList.toggle("failed", !cancelled);
    state.textContent = cancelled ? "Cancelled: nothing was saved." : `Failed: ${error.message}.`;
  }
});
