// Keeps what cact('setProperty', path, value) has set: the client adds it to each later event.
// Assembled into the scope of static/shim.js.
export default function () {
  const all = { __proto__: null };

  setProperty = (path, value) => {
    const text = json(value, true);
    if (/__proto__/.test(path) || text.length > 8000) return;
    const steps = path.match(/[^.[\]]+/g), last = steps.pop();
    let holder = all;
    for (const step of steps) {
      const next = holder[step];
      holder = holder[step] = next && typeof next === 'object' ? next : { __proto__: null };
    }
    holder[last] = parse(text, (key, value) => (key === '__proto__' ? undefined : value));
    const more = json(all);
    if (more.length < 16000) permanent = more;
  };
}
