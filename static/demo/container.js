// A test double of the vendor's container, for the demo shop and the tests: it behaves like real containers.
// The attributes of its script tag configure it:
//   data-site, data-container, data-token   the site, the container's number and the source key in its requests
//   data-generator        the version, 103: up to 84 it sends the older shape, from 93 on it dispatches track_… events
//   data-collect          the URL of its posts, without "/events"; data-own-domain adds "/cdp", data-force-https the scheme
//   data-cookie-sync      with data-own-domain: requests the visitor's cookie there before it sends the first event
//   data-replay           "load" runs the calls queued in caReady when it loads, "exec" leaves them to cact('exec')
//   data-consent          accepted consent categories, "1,3"; without it there is no consent manager
//   data-consent-wait     consent is not given yet: events are held until cact('consent.update', …)
//   data-rejected-vendors "4,7"
//   data-apart            a separate client, which wraps the existing caReady.push; other containers share one client
// Its tags are the functions in window.tags_<site>_<container>; each gets the container's own cact.
(() => {
  "use strict";

  const { dataset } = document.currentScript;
  const { site = "1234", container = "5", token = "source-key", generator = "103", collect = "/collector" } = dataset;
  const version = Number(generator);
  const older = version <= 84;
  const apart = "apart" in dataset;

  // Shared by the containers of a page: the page's own events have the id of the container that loaded last.
  const tC = apart ? {} : (window.tC ||= {});
  Object.assign(tC, { id_site: site, id_container: container, generatorVersion: generator, containerVersion: "1" });
  tC.config ||= {};
  tC.eventTarget ||= new EventTarget();

  // ---- values ----

  const isObject = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

  /** Merges into `target`, deep: a plain value replaces any value, an object never replaces a plain value. */
  const merge = (target, source) => {
    if (!isObject(target) || !isObject(source)) return target;
    for (const key in source) {
      if (isObject(source[key])) merge((target[key] ||= {}), source[key]);
      else target[key] = source[key];
    }
    return target;
  };

  /** Parses the arguments after the command: each is optional and recognised by its type, in this order. */
  const read = (given) => {
    const rest = [...given];
    const next = (type) => (typeof rest[0] === type ? rest.shift() : undefined);
    const [name, params, config, callback = () => {}] = ["string", "object", "object", "function"].map(next);
    return { name, params: { ...params }, config: { ...config }, callback };
  };

  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const listed = (text = "") => text.split(",").filter(Boolean);

  const EMAIL = /[\w.+-]+@[a-z\d-]+(\.[a-z\d-]+)*/i;
  const PERSONAL = /user|mail|pass(word|phrase)?|secret|(first|last)name/i;

  const masked = (address) => {
    const url = new URL(address);
    url.pathname = url.pathname.replace(EMAIL, "*****");
    for (const [name, value] of new URLSearchParams(url.search)) {
      if (EMAIL.test(value)) url.searchParams.set(name, value.replace(EMAIL, "*****"));
      else if (PERSONAL.test(name)) url.searchParams.set(name, "*****");
    }
    return url.href;
  };

  const dispatch = (type, eventData = {}) => {
    const event = Object.assign(new Event(type), { eventData });
    tC.eventTarget.dispatchEvent(event);
    tC.eventTarget.dispatchEvent(Object.assign(new Event("*"), { originalEvent: event }));
  };

  // ---- what the client adds ----

  const enrich = (name, params, url, id) => {
    const all = tC.config.eventData ? merge(merge({}, tC.config.eventData), params) : { ...params };
    const user = (all.user ||= {}); // the caller's object itself, where nothing was merged into a copy
    user.consent_categories ||= tC.privacy?.agreed() ?? [];
    user.rejected_vendors ||= tC.privacy?.rejected() ?? [];
    if (all.revenue) all.amount = all.revenue;
    const facebook = ((all.integrations ||= {}).facebook ||= {});
    Object.assign(facebook, { fbc: cookie("_fbc"), fbp: cookie("_fbp"), event_id: facebook.event_id || id });
    if (older) Object.assign(all, { url, created: new Date().toJSON() });
    if (name === "page_view") {
      const template = (!older && window.tc_vars?.env_template) || "other";
      Object.assign(all, { title: document.title, path: location.pathname, url });
      if (document.referrer) all.referrer = document.referrer;
      all.type ||= template;
      if (!older) all.page_type ||= template;
    }
    if (name === "purchase") {
      all.status ||= "in_progress";
      all.type ||= "online";
    }
    return all;
  };

  const shape = (name, all, url, eventId) => {
    const { lang, clientWidth: width, clientHeight: height } = document.documentElement;
    const { generatorVersion, containerVersion } = tC;
    const versions = { generatorVersion, containerVersion };
    const page = {
      title: document.title, url, lang, referrer: document.referrer || undefined, viewport: { width, height },
    };
    const device = {
      cookie: document.cookie.split("; ").filter((pair) => /^(_fbp|_fbc|_ga\w*)=/.test(pair)).join("; "),
      lang: navigator.language,
      screen: { width: screen.width, height: screen.height },
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    if (older) return { event: name, properties: all, page, device, eventId, version: 1, ...versions };
    const created = new Date().toJSON();
    return { event_name: name, context: { page, device, eventId, version: 2, created, ...versions }, ...all };
  };

  const newId = () => `${Date.now()}`.slice(2) + `${Math.random()}`.slice(2).padEnd(13, "0").slice(0, 13);

  // ---- send ----

  const request = (method, url, body) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    xhr.withCredentials = true;
    xhr.setRequestHeader("Content-Type", "application/json");
    xhr.send(body);
    return xhr;
  };

  const post = (url, text) => {
    const accepted = typeof navigator.sendBeacon === "function" && navigator.sendBeacon(url, text);
    if (!accepted) request("POST", url, text);
  };

  /** The URL to which an event with this config is sent, and whether it is the customer's own domain. */
  const destination = (config) => {
    const domain = config.collectionDomain || window.tC_collect_dns || tC.config.collectionDomain || collect;
    const own = domain === collect ? "ownDomain" in dataset : !/\.(commander1|tagcommander)\.com/.test(domain);
    const base = new URL(domain.includes("/") ? domain : `${location.protocol}//${domain}`, location.href);
    if ("forceHttps" in dataset) base.protocol = "https:";
    const siteId = config.siteId || config.idSite || tC.config.siteId || tC.id_site;
    const key = config.sourceKey || tC.config.sourceKey || token;
    const path = own ? "/cdp/events" : "/events";
    return { own, url: `${base.href.replace(/\/$/, "")}${path}?tc_s=${siteId}${key && `&token=${key}`}` };
  };

  const send = (body, config) => {
    const text = JSON.stringify(body); // throws into the page for cycles and BigInt, like the real client
    const { own, url } = destination(config);
    if (!own || !dataset.cookieSync || cookie("CAID")) return post(url, text);
    request("GET", `${dataset.cookieSync}/get-cookie?tc_s=${site}&name=TCID`).onloadend = () => {
      document.cookie = `CAID=${newId()};path=/`;
      post(url, text);
    };
  };

  // Each container that loads replaces this function; callers read the property at each call.
  tC.trigger = ({ event, properties, config }) => {
    const id = newId();
    const url = properties.url || masked(location.href);
    const all = enrich(event, properties, url, id);
    const body = shape(event, all, url, String(config.eventId || id));
    send(body, config);
    if (version < 93) return;
    dispatch(`track_${event}`, body);
    dispatch("track_all_events", body);
  };

  // ---- consent ----

  const consentManager = () => {
    let decided = !("consentWait" in dataset);
    const entries = (ids, status) => Object.fromEntries(ids.map((id) => [id, { status }]));
    const categories = entries(listed(dataset.consent), decided ? "on" : "unset");
    const vendors = entries(listed(dataset.rejectedVendors), "off");
    const held = [], waiting = [], watching = [];
    const having = (group, status) => Object.keys(group).filter((id) => group[id].status === status);
    const setAll = (status) => {
      for (const entry of [...Object.values(categories), ...Object.values(vendors)]) entry.status = status;
    };
    const state = (updateEvent) => {
      const on = having(categories, "on").length;
      const some = on === Object.keys(categories).length ? "all-on" : on ? "mixed" : "all-off";
      const consent = { status: decided ? some : "unset", categories, vendors };
      return structuredClone({ consent, meta: {}, ...(updateEvent && { updateEvent }) });
    };
    const tell = (updateEvent) => watching.forEach((callback) => callback(state(updateEvent)));
    const asking = (work) => (...given) => work(read(given).callback);

    Object.assign(tC.cact, {
      "consent.get": asking((callback) => callback(state())),
      "consent.onReady": asking((callback) => (decided ? callback(state("set")) : waiting.push(callback))),
      "consent.onUpdate": asking((callback) => watching.push(callback)),
      "consent.update": (...given) => {
        const { params } = read(given);
        const all = { "all-on": "on", "all-off": "off" }[params.status];
        if (all) setAll(all);
        else merge({ categories, vendors }, params);
        const event = decided ? "changed" : "set";
        decided = true;
        tell(event);
        while (waiting.length) waiting.shift()(state("set"));
        while (held.length) held.shift()();
      },
      "consent.revoke": () => {
        setAll("unset");
        decided = false;
        tell("changed");
        tell("revoked");
      },
    });
    return {
      agreed: () => having(categories, "on"),
      rejected: () => having(vendors, "off"),
      whenDecided: (work) => (decided ? work() : held.push(work)),
    };
  };

  // ---- the queue ----

  const done = apart ? `done_${site}_${container}` : "done";
  const run = (message) => {
    message._tc_meta ||= {}; // throws for anything that is no object, like the real client
    const command = message[0];
    if (message._tc_meta[done] || !tC.cact[command]) return;
    message._tc_meta[done] = true;
    tC.cact[command](...Array.from(message).slice(1));
  };

  window.caReady ||= [];
  window.cact ||= function () {
    window.caReady.push(arguments);
  };
  if (!tC.cact) {
    const store = apart ? window.caReady.push : Array.prototype.push;
    const value = (message) => {
      store.call(window.caReady, message);
      run(message);
    };
    Object.defineProperty(window.caReady, "push", { configurable: true, value });
    tC.cact = {};
  }

  // ---- commands ----

  /** The parameters without an element or DOM event in `from`, which only tags use. */
  const withoutElement = ({ from, ...rest }) =>
    from === undefined || from instanceof Element || from instanceof Event ? rest : { from, ...rest };

  Object.assign(tC.cact, {
    exec: (...given) => {
      for (let i = 0; i < window.caReady.length; i++) run(window.caReady[i]);
      read(given).callback();
    },
    config: (...given) => {
      const { params, callback } = read(given);
      Object.assign(tC.config, params);
      callback();
    },
    trigger: (...given) => {
      const { name, params, config, callback } = read(given);
      if (!name) return;
      const go = () => {
        tC.trigger({ event: name, properties: withoutElement(params), config });
        callback();
      };
      if (tC.privacy) tC.privacy.whenDecided(go);
      else go();
    },
    [`trigger_${site}_${container}`]: (...given) => {
      const { name, params, config, callback } = read(given);
      if (!tC.config.siteId) config.siteId ||= site;
      if (!tC.config.sourceKey) config.sourceKey ||= token;
      tC.cact.trigger(name, params, config, callback);
    },
  });

  if (!older) {
    const listening = (work) => (...given) => {
      const { name, params, callback } = read(given);
      work(name, callback, params);
    };
    const emit = listening((name, callback, params) => {
      dispatch(name, withoutElement(params));
      callback();
    });
    const on = listening((name, callback) => tC.eventTarget.addEventListener(name, callback));
    const off = listening((name, callback) => tC.eventTarget.removeEventListener(name, callback));
    const once = listening((name, callback) => tC.eventTarget.addEventListener(name, callback, { once: true }));
    Object.assign(tC.cact, { emit, dispatchEvent: emit, on, addEventListener: on, off, removeEventListener: off, once });

    tC.cact.setProperty = (path, value) => {
      if (typeof path !== "string") return;
      const names = path.replace(/\[(\w+)\]/g, ".$1").split(".");
      const last = names.pop();
      const holder = names.reduce((above, name, index) => {
        const known = above[name] && typeof above[name] === "object";
        return known ? above[name] : (above[name] = /^\d+$/.test(names[index + 1] ?? last) ? [] : {});
      }, (tC.config.eventData ||= {}));
      holder[last] = value;
    };
  }

  if ("consent" in dataset || "consentWait" in dataset) tC.privacy = consentManager();

  // ---- load ----

  if (dataset.replay !== "exec") tC.cact.exec();

  // Tags call this function, not window.cact: its name identifies this container's events.
  const cact = function () {
    if (arguments[0] === "trigger") arguments[0] = `trigger_${site}_${container}`;
    window.caReady.push(arguments);
  };
  for (const tag of window[`tags_${site}_${container}`] ?? []) tag(cact);
})();
