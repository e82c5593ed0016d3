// JSON as it was written: objects are Maps in their order, numbers that JavaScript would write otherwise keep
// their text. JSON.parse would sort keys that look like numbers and round large ones.
(() => {
  "use strict";
  const file = (globalThis.recordingFile ??= {});

  class Exact {
    constructor(text) {
      this.text = text;
    }
  }

  const SPACE = /[ \t\r\n]*/y;
  const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
  const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const WORDS = { true: true, false: false, null: null };
  const SHORT = 80; // characters of a value in the table, as on the dashboard

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
    }

    take(pattern) {
      pattern.lastIndex = this.at;
      const found = pattern.exec(this.text);
      if (!found) throw new SyntaxError(`not JSON at ${this.at}`);
      this.at = pattern.lastIndex;
      return found[0];
    }

    peek() {
      this.take(SPACE);
      return this.text[this.at];
    }

    // After the opening bracket: entries up to the closing one.
    entries(closing, read) {
      this.at += 1;
      while (this.peek() !== closing) {
        read();
        if (this.peek() === ",") this.at += 1;
      }
      this.at += 1;
    }

    value() {
      const sign = this.peek();
      if (sign === "{") {
        const found = new Map();
        this.entries("}", () => {
          const key = JSON.parse((this.peek(), this.take(STRING)));
          this.peek();
          this.at += 1; // the colon
          found.set(key, this.value());
        });
        return found;
      }
      if (sign === "[") {
        const found = [];
        this.entries("]", () => found.push(this.value()));
        return found;
      }
      if (sign === '"') return JSON.parse(this.take(STRING));
      if (/[-\d]/.test(sign)) {
        const text = this.take(NUMBER);
        return String(Number(text)) === text ? Number(text) : new Exact(text);
      }
      return WORDS[this.take(/true|false|null/y)];
    }
  }

  const parse = (text) => new Reader(text).value();

  const kindOf = (value) => {
    if (value === null || value === undefined) return "null";
    if (value instanceof Exact) return "number";
    if (value instanceof Map) return "object";
    return Array.isArray(value) ? "array" : typeof value;
  };

  // JSON again, on one line or indented.
  const write = (value, indent = "", level = "") => {
    const kind = kindOf(value);
    if (value instanceof Exact) return value.text;
    if (kind !== "object" && kind !== "array") return JSON.stringify(value ?? null);
    const inner = level + indent;
    const parts = kind === "array"
      ? value.map((entry) => write(entry, indent, inner))
      : [...value].map(([key, entry]) => `${JSON.stringify(key)}:${indent && " "}${write(entry, indent, inner)}`);
    const [opening, closing] = kind === "array" ? "[]" : "{}";
    if (!indent || !parts.length) return opening + parts.join(",") + closing;
    return `${opening}\n${inner}${parts.join(`,\n${inner}`)}\n${level}${closing}`;
  };

  const shorten = (value) => {
    const text = write(value);
    if (text.length <= SHORT) return text;
    const characters = [...text];
    return characters.length <= SHORT ? text : `${characters.slice(0, SHORT - 1).join("")}…`;
  };

  Object.assign(file, { parse, write, shorten, kindOf });
})();
