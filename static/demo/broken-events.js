// Faults of real sites, one a button. The expected findings are in inspector/demo/broken_events.py.

import { complete } from "./data.js";

const purchase = () => structuredClone(complete.purchase);
const pageView = () => structuredClone(complete.page_view);
const orderNumber = () => `O_${Date.now()}`;
const pause = () => new Promise((done) => { setTimeout(done, 60); });
// The SHA-256 of "" and of "trex@shirts.example".
const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SHA256_OF_TREX = "3196707ecd93b230063806e26fe759e76baa398a5d01090a5a73f3e7bc725c34";

const loginWith = (details) => {
  const { id, consent_categories } = pageView().user;
  cact("trigger", "login", { method: "e-mail", user: { id, consent_categories, ...details } });
};

// Fires `fire` as a single-page app does on a page of its own, then returns to the page before.
const onAnotherPage = async (path, fire) => {
  const here = location.href;
  history.pushState(null, "", path + location.search);
  fire();
  await pause();
  history.pushState(null, "", here);
};

export const oddities = {
  string_numbers: () => cact("trigger", "purchase", { ...purchase(), value: "22.53", revenue: "16.00" }),

  wrong_currency: () => cact("trigger", "purchase", { ...purchase(), currency: "euro" }),

  closed_list: () => cact("trigger", "purchase", { ...purchase(), payment_method: "paypal", status: "paid" }),

  ga4_names() {
    const { currency, user, value } = purchase();
    const items = [{ item_id: "SKU_12345", item_name: "Trex", item_brand: "Trex & Co", price: 14.99, quantity: 2 }];
    cact("trigger", "purchase", { transaction_id: "O_1245", value, tax: 3.2, shipping: 3.33, currency, user, items });
  },

  price_on_item() {
    const params = structuredClone(complete.add_to_cart);
    const [item] = params.items;
    item.price = item.product.price;
    delete item.product.price;
    cact("trigger", "add_to_cart", params);
  },

  mixed_currencies() {
    const params = structuredClone(complete.view_cart);
    const other = structuredClone(params.items[0]);
    other.product.currency = "USD";
    params.items.push(other);
    cact("trigger", "view_cart", params);
  },

  short_hash: () => loginWith({ email_sha256: "836f82db99121b34" }),

  placeholders() {
    const params = structuredClone(complete.view_item);
    params.items[0].product.name = "undefined";
    params.items[0].product.brand = "[object Object]";
    cact("trigger", "view_item", params);
  },

  unfilled_variables() {
    const params = { ...purchase(), id: "order_undefined", coupon: "{{ coupon.code }}" };
    params.items[0].product.brand = "${brand}";
    cact("trigger", "purchase", params);
  },

  fillers() {
    const params = structuredClone(complete.view_item);
    params.items[0].product.brand = "(not set)";
    params.items[0].variant = "n/a";
    cact("trigger", "view_item", params);
  },

  hash_of_nothing: () => loginWith({ email_sha256: SHA256_OF_NOTHING }),

  hash_mismatch: () => loginWith({ email: "leo@shirts.example", email_sha256: SHA256_OF_TREX }),

  personal_data() {
    cact("trigger", "page_view", { ...pageView(), url: "https://shop.example/account?mail=trex@shirts.example" });
  },

  bad_encoding() {
    const params = structuredClone(complete.view_item);
    params.items[0].product.name = "CafÃ© Trex\u200b";
    params.items[0].product.brand = "Trex &amp; Co";
    cact("trigger", "view_item", params);
  },

  cents() {
    const params = purchase();
    const cents = (amount) => Math.round(amount * 100);
    cact("trigger", "purchase", { ...params, value: cents(params.value), revenue: cents(params.revenue) });
  },

  wrong_sum() {
    const params = purchase();
    cact("trigger", "purchase", { ...params, revenue: params.revenue / 2 });
  },

  duplicate_item() {
    const params = structuredClone(complete.view_cart);
    params.items.push(structuredClone(params.items[0]));
    cact("trigger", "view_cart", params);
  },

  event_id_reused() {
    const context = { event_id: "123456789" }; // a constant in the tag manager
    for (const name of ["view_item", "add_to_cart", "view_cart"]) {
      cact("trigger", name, { ...structuredClone(complete[name]), context });
    }
  },

  async duplicate_purchase() {
    const params = { ...purchase(), id: orderNumber() };
    cact("trigger", "purchase", structuredClone(params));
    await pause();
    cact("trigger", "purchase", params);
  },

  fired_twice() {
    for (let times = 0; times < 2; times += 1) cact("trigger", "view_item", structuredClone(complete.view_item));
  },

  async no_page_view() {
    await onAnotherPage("/demo/account/", () => loginWith({}));
    cact("trigger", "page_view", pageView());
  },

  async unknown_order() {
    cact("trigger", "purchase", { ...purchase(), id: orderNumber() });
    await pause();
    cact("trigger", "refund", { ...structuredClone(complete.refund), id: "O_nobody_ordered" });
  },

  no_checkout: () => cact("trigger", "purchase", { ...purchase(), id: orderNumber() }),

  async currency_changes() {
    const params = structuredClone(complete.view_cart);
    cact("trigger", "view_cart", structuredClone(params));
    await pause();
    for (const item of params.items) item.product.currency = "USD";
    cact("trigger", "view_cart", { ...params, currency: "USD" });
  },

  async user_changes() {
    cact("trigger", "page_view", pageView());
    await pause();
    const params = pageView();
    cact("trigger", "page_view", { ...params, user: { ...params.user, id: "54321" } });
  },

  async consent_changes() {
    cact("trigger", "page_view", pageView());
    await pause();
    const params = pageView();
    cact("trigger", "page_view", { ...params, user: { ...params.user, consent_categories: ["1"] } });
  },

  no_consent() {
    const params = pageView();
    params.user.consent_categories = [];
    cact("trigger", "page_view", params);
  },

  misspelt_event: () => cact("trigger", "pageview", pageView()),

  custom_event: () => cact("trigger", "size_guide_opened", { guide: "shirts", seconds: 12, user: pageView().user }),

  empty_name: () => cact("trigger", "", pageView()),

  markup() {
    cact("trigger", "page_view", {
      ...pageView(),
      page_name: "<img src=x onerror=alert(1)>",
      "<b>bold</b>": "</script><script>alert(1)</script>",
      "quotes\"'": "\"'><svg onload=alert(1)>",
    });
    cact("trigger", "<img src=x onerror=alert(1)>", { page_name: "</script>" });
  },

  circular() {
    const params = structuredClone(complete.view_item);
    params.itself = params;
    cact("trigger", "view_item", params);
  },

  bigint: () => cact("trigger", "purchase", { ...purchase(), value: 9007199254740993n }),

  nan: () => cact("trigger", "purchase", { ...purchase(), value: Number("22,53") }),

  huge_string: () => cact("trigger", "page_view", { ...pageView(), page_name: "Trex ".repeat(4000) }),

  too_large() {
    const params = structuredClone(complete.view_item_list);
    const [item] = params.items;
    while (JSON.stringify(params).length < 40_000) params.items.push(structuredClone(item));
    cact("trigger", "view_item_list", params);
  },
};
