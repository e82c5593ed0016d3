// Collects verdicts for the badge: on ?cact-debug=1 (stored for the tab), by a setting, or in the extension.
// Assembled into the scope of static/shim.js.
export default function () {
  if (!settings.debug) {
    const { search } = location;
    if (/[?&]cact-debug/.test(search)) sessionStorage['cact-debug'] = search;
    if (!/cact-debug=1/.test(sessionStorage['cact-debug'])) return;
  }

  // Two inspectors in a page share the first one's list.
  const verdicts = window[Symbol.for('cact-inspector.verdicts')] ||= [];
  window[Symbol.for('cact-inspector.dashboard')] ||= settings.dashboard;
  onDelivery = (items, text) => verdicts.length < 200 && verdicts.push({ items, text });

  // No element in the page, and no string that its Trusted Types refuse.
  if (settings.show) import(settings.show).then(nothing, nothing);
}
