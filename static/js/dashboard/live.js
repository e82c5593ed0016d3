// The live connection: a WebSocket, and polling while the socket is down; both share one cursor.

const POLL_AFTER = 3000; // ms without a socket before polling starts
const POLL_EVERY = 2000;
const GONE = 4404;
const FOREIGN = 4403;
const ENDED = 4410; // the share link was revoked or has expired
const LOGIN = 4401;
const OVER = { [GONE]: "gone", [FOREIGN]: "refused", [ENDED]: "ended", [LOGIN]: "login" };

window.htmx.config.wsReconnectDelay = (tries) => Math.min(250 * 2 ** tries, 4000) * (0.75 + Math.random() / 2);

export class Live {
  // query(): the filter as a query string.
  constructor(root, { cursor, changes, query }) {
    Object.assign(this, { root, cursor, changes, query });
    this.epoch = 0;
    this.held = false;
    this.open = false;
    this.over = false;
    root.addEventListener("htmx:wsOpen", (event) => this.#opened(event.detail.socketWrapper));
    root.addEventListener("htmx:wsClose", (event) => this.#closed(event.detail));
    root.addEventListener("htmx:wsBeforeMessage", (event) => this.#before(event));
    root.addEventListener("htmx:wsAfterMessage", () => this.#frame());
    this.#pollSoon(POLL_AFTER);
  }

  // Callbacks: beforeNews() before a frame is inserted, onNews(news) after it, onState(state) for the status word.
  // They are called from events, so that the page's scripts can set them first.
  subscribe({ beforeNews, onNews, onState }) {
    Object.assign(this, { beforeNews, onNews, onState });
  }

  // Follow from `cursor` and `changes` (by default the current ones), with the current filter.
  follow(cursor = this.cursor, changes = this.changes) {
    this.cursor = cursor;
    this.changes = changes;
    this.held = false;
    this.epoch += 1;
    this.#say({ follow: { after: cursor, changes, query: this.query(), epoch: this.epoch } });
    this.#tell();
  }

  // Stop the rows until the next follow; the counters go on.
  hold() {
    if (this.held) return;
    this.held = true;
    this.#say({ hold: true });
    this.#tell();
  }

  #say(message) {
    if (this.open) this.socket.sendImmediately(JSON.stringify(message));
  }

  #tell() {
    this.onState(this.over ? this.over : this.open ? "live" : this.polling ? "polling" : "reconnecting");
  }

  #opened(socket) {
    this.socket = socket;
    this.open = true;
    this.polling = false;
    clearTimeout(this.timer);
    const held = this.held;
    this.follow();
    if (held) this.hold();
  }

  #closed({ event, socketWrapper }) {
    this.open = false;
    if (OVER[event.code]) {
      this.over = OVER[event.code];
      clearTimeout(this.timer);
    } else {
      this.#pollSoon(POLL_AFTER);
      // htmx's ws extension reconnects by itself only after close codes that it takes for a failure.
      if (![1006, 1011, 1012, 1013].includes(event.code)) setTimeout(() => socketWrapper?.reconnect(), 1000);
    }
    this.#tell();
  }

  // Discard a frame of an earlier epoch, sent before the filter changed: its rows belong to the replaced timeline.
  #before(event) {
    if (event.detail.message.includes(`data-epoch="${this.epoch}"`)) this.beforeNews();
    else event.preventDefault();
  }

  #frame() {
    const { news: text, frame } = document.getElementById("news").dataset;
    const news = JSON.parse(text);
    this.cursor = news.cursor;
    this.changes = news.changes;
    this.#say({ ack: Number(frame) });
    this.onNews(news);
    return news;
  }

  #pollSoon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#poll(), delay);
  }

  async #poll() {
    if (this.open || this.over) return;
    const query = new URLSearchParams(this.query());
    query.set("after", this.cursor);
    query.set("changes", this.changes);
    if (this.held) query.set("hold", "1");
    const epoch = this.epoch;
    let delay = POLL_EVERY;
    try {
      const answer = await fetch(`${this.root.dataset.frame}?${query}`, { headers: { "HX-Request": "true" } });
      if (answer.status === 404) this.over = "gone";
      if (answer.status === 401 && answer.headers.has("HX-Redirect")) this.over = "login";
      else if (answer.status === 410 || answer.status === 401) this.over = "ended";
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const html = await answer.text();
      if (!this.open && epoch === this.epoch) {
        this.beforeNews();
        window.htmx.swap(this.root, html, { swapStyle: "none" });
        this.polling = true;
        if (this.#frame().more) delay = 0;
      }
    } catch {
      this.polling = false; // the server does not answer polls either: the state says so, and polling goes on
    }
    this.#tell();
    if (!this.open && !this.over) this.#pollSoon(delay);
  }
}
