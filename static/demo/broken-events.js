// Faults of real sites, one a button. The expected findings are in inspector/demo/broken_events.py.

import { complete } from "./data.js";

const purchase = () => structuredClone(complete.purchase);
const pageView = () => structuredClone(complete.page_view);

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

  short_hash() {
    const { id, consent_categories } = pageView().user;
    cact("trigger", "login", { method: "e-mail", user: { id, consent_categories, email_sha256: "836f82db99121b34" } });
  },

  placeholders() {
    const params = structuredClone(complete.view_item);
    params.items[0].product.name = "undefined";
    params.items[0].product.brand = "[object Object]";
    cact("trigger", "view_item", params);
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
