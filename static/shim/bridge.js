// In the browser extension: posts through its background worker, to which the page's content security policy does not apply.
export default function (core) {
  const { settings: { bridge }, parse, stringify, listen } = core, { CustomEvent } = window;
  if (!bridge) return;
  const waiting = {};
  let asked = 0;
  const say = (body, leaving, path) =>
    document.dispatchEvent(new CustomEvent(bridge, { detail: stringify({ id: ++asked, body, leaving, path }) }));

  core.post = (body, path) => new Promise((resolve) => {
    say(body, false, path);
    waiting[asked] = resolve;
  });
  core.beacon = (body) => say(body, true);
  listen(bridge + ':answer', ({ detail }) => {
    const { id, ...answer } = parse(detail);
    if (waiting[id]) waiting[id](answer);
    delete waiting[id];
  }, document);
}
