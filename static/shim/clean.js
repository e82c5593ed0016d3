// Sanitizes rrweb events by an allow-list: elements, attributes and styles that are not listed are removed.
// The page under test applies it before posting, the player again, since stored events may come from any client.
// `text` and `typed` are functions that mask a displayed and a typed text.
export default function (text, typed) {
  const BOXES = /^(img|picture|video|audio|canvas|svg|image|iframe|frame|object|embed|portal|cact-inspector|rr-box)$/;
  const OFF = /^(script|noscript|meta|base|link|template|source|track|param|rr-off)$/;
  const KEPT = new Set(('class id style type dir lang hidden open checked selected disabled readonly multiple rows cols '
    + 'size colspan rowspan span width height align valign border cellpadding cellspacing role start slot part media '
    + 'popover inert rr_width rr_height rr_scrollTop rr_scrollLeft rr_open_mode _cssText').split(' '));
  const TYPED = new Set(['value', 'placeholder', 'label']);
  const STRING = /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/g;
  const SHOWS = /((?:^|[{;\s])(?:content|quotes|list-style|list-style-type|text-overflow|--[\w-]+)\s*:)((?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[^;}"'])*)/gi;
  const styles = new Set(), inputs = new Set(); // ids of style and input elements, and of their text nodes

  // CSS escapes of letters are decoded: \75rl( is url(.
  const plain = (value) => value
    .replace(/\\0{0,4}(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])(?:\s|(?![0-9a-f]))/gi, (_, code) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\([g-z])/gi, '$1');
  const css = (value) => (typeof value !== 'string' ? '' : plain(value)
    .replace(/@import[^;]*;?/gi, '')
    .replace(/(?:url|(?:-webkit-)?image-set|src)\(\s*(?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[^)"'])*\)/gi, 'none')
    .replace(SHOWS, (_, name, value) => name + value.replace(STRING, (one) => one[0] + text(one.slice(1, -1)) + one[0])));
  const style = (value) => {
    if (!value || typeof value !== 'object') return css(value);
    const kept = {};
    for (const [name, one] of Object.entries(value)) {
      kept[name] = one === false ? one : Array.isArray(one) ? [css(one[0]), css(one[1])] : css(one);
    }
    return kept;
  };

  const attribute = (name, value) => {
    if (value === null) return null;
    if (TYPED.has(name)) return typeof value === 'string' ? typed(value) : undefined;
    if (name === 'href') return '#'; // keeps the look of a link
    if (!KEPT.has(name)) return undefined;
    if (name === 'style') return style(value);
    if (name === '_cssText') return css(value);
    if (name === 'rr_width' || name === 'rr_height') return /^[\d.]+px$/.test(value) ? value : undefined;
    return typeof value === 'object' ? undefined : value;
  };
  const attributes = (all) => {
    const kept = {};
    for (const [name, value] of Object.entries(all || {})) {
      const one = attribute(name, value);
      if (one !== undefined) kept[name] = one;
    }
    return kept;
  };

  const element = (node, kept) => {
    const name = `${node.tagName}`.toLowerCase(), given = attributes(node.attributes);
    kept.attributes = given;
    kept.childNodes = [];
    if (BOXES.test(name)) {
      kept.tagName = 'rr-box';
      return kept;
    }
    if (name === 'style' || given._cssText) styles.add(node.id);
    if (name === 'textarea') inputs.add(node.id);
    if (name === 'link' && given._cssText) kept.tagName = 'link';
    else if (OFF.test(name) || node.isSVG || !/^[a-z][\w-]*$/.test(name)) {
      kept.tagName = 'rr-off';
      return kept;
    } else kept.tagName = name;
    if (name !== 'a' && name !== 'area') delete given.href;
    if (node.isShadowHost) kept.isShadowHost = true;
    kept.childNodes = children(node);
    return kept;
  };
  const words = (value, id) => {
    if (typeof value !== 'string') return '';
    return styles.has(id) ? css(value) : inputs.has(id) ? typed(value) : text(value);
  };
  const build = (node, parent) => {
    const kept = { type: node.type, id: node.id };
    if (node.rootId) kept.rootId = node.rootId;
    if (node.isShadow) kept.isShadow = true;
    switch (node.type) {
      case 0:
        if (node.compatMode === 'BackCompat') kept.compatMode = 'BackCompat';
        return { ...kept, childNodes: children(node) };
      case 1: return { ...kept, name: 'html', publicId: '', systemId: '' };
      case 2: return element(node, kept);
      case 3:
        for (const set of [styles, inputs]) if (set.has(parent)) set.add(node.id);
        return { ...kept, textContent: words(node.textContent, parent) };
      default: return { ...kept, type: 5, textContent: '' };
    }
  };
  const children = (node) => list(node.childNodes).map((child) => build(child, node.id));
  const list = (value) => (Array.isArray(value) ? value.filter((one) => one && typeof one === 'object') : []);
  const rules = (value) => list(value).map(({ rule, index }) => ({ rule: css(rule), index }));
  const pick = (from, ...names) => {
    const kept = {};
    for (const name of names) {
      if (typeof from[name] === 'number' || typeof from[name] === 'boolean' || from[name] === null) kept[name] = from[name];
    }
    return kept;
  };

  const moves = (data) => ({ positions: list(data.positions).map((one) => pick(one, 'x', 'y', 'id', 'timeOffset')) });
  const SOURCES = {
    0: (data) => !data.isAttachIframe && {
      adds: list(data.adds).filter(({ node }) => node).map((add) => ({
        ...pick(add, 'parentId', 'nextId', 'previousId'), node: build(add.node, add.parentId),
      })),
      removes: list(data.removes).map((one) => pick(one, 'parentId', 'id', 'isShadow')),
      texts: list(data.texts).map(({ id, value }) => ({ id, value: words(value, id) })),
      attributes: list(data.attributes).map((one) => ({ id: one.id, attributes: attributes(one.attributes) })),
    },
    1: moves,
    2: (data) => pick(data, 'type', 'id', 'x', 'y', 'pointerType'),
    3: (data) => pick(data, 'id', 'x', 'y'),
    4: (data) => pick(data, 'width', 'height'),
    5: (data) => ({ ...pick(data, 'id', 'isChecked', 'userTriggered'), text: typed(`${data.text ?? ''}`) }),
    6: moves,
    8: (data) => ({ ...pick(data, 'id', 'styleId'), adds: rules(data.adds), removes: list(data.removes).map((one) => pick(one, 'index')) }),
    12: moves,
    13: (data) => ({
      ...pick(data, 'id', 'styleId'),
      index: data.index,
      ...(data.set && { set: { property: `${data.set.property}`, value: css(data.set.value), priority: css(data.set.priority) } }),
      ...(data.remove && { remove: { property: `${data.remove.property}` } }),
    }),
    15: (data) => ({
      ...pick(data, 'id'),
      styleIds: Array.isArray(data.styleIds) ? data.styleIds.map(Number) : [],
      styles: list(data.styles).map((one) => ({ ...pick(one, 'styleId'), rules: rules(one.rules) })),
    }),
  };

  const data = ({ type, data }) => {
    if (type === 2) {
      return { node: build(data.node, 0), initialOffset: pick(data.initialOffset || {}, 'left', 'top') };
    }
    if (type === 5) return { tag: 'still', payload: {} }; // marks that the screen did not change until now
    if (type === 4) return { href: 'about:blank', ...pick(data, 'width', 'height') };
    const kept = type === 3 && Object.hasOwn(SOURCES, data.source) && SOURCES[data.source](data);
    return kept && { source: data.source, ...kept };
  };
  // The sanitized event; null where the whole event is removed.
  return (event) => {
    const kept = data(event);
    return kept ? { type: event.type, data: kept, timestamp: event.timestamp } : null;
  };
}
