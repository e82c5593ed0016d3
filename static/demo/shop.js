// The shop's tracking: triggers every standard event at its usual moment, as a site's own code does.

import { listed } from "./call-log.js";
import {
  amounts, cart, complete, euros, item, storeCart, storeOrder, newOrderId, order, put, remember, user,
} from "./data.js";
import { oddities } from "./broken-events.js";

const { page, pageType } = document.body.dataset;
const list = document.querySelector("[data-list]")?.dataset.list;
const product = document.querySelector("[data-product]")?.dataset.product;

/** Calls `work` when a `data-fire` button is clicked, or its form is submitted. */
const on = (name, work) => {
  for (const button of document.querySelectorAll(`[data-fire="${name}"]`)) {
    const form = button.type === "submit" ? button.form : null;
    const answer = (text) => ((form ?? button.parentElement).querySelector("[data-said]").textContent = text);
    const run = (event) => work({ event, button, answer, form: form && new FormData(form) });
    (form ?? button).addEventListener(form ? "submit" : "click", run);
  }
};
const all = (selector, work) => document.querySelectorAll(selector).forEach(work);

// ---- every page ----

cact('trigger', 'page_view', {
  page_type: pageType,
  page_name: document.title,
  user: user(),
});

on("search", ({ form }) => {
  cact('trigger', 'search', {
    search_term: form.get("q"),
    user: user(),
  });
});

on("select_content", () => {
  cact('trigger', 'select_content', {
    content_type: 'promotion',
    item_id: 'outdoor_shirts',
    user: user(),
  });
});

on("generate_lead", ({ event, form, answer }) => {
  event.preventDefault();
  cact('trigger', 'generate_lead', {
    value: 2.5,
    currency: 'EUR',
    id: 'L_newsletter',
    user: { ...user(), email: form.get("email") },
  });
  answer("Thank you!");
});

// ---- lists and products ----

if (page === "list") {
  const shown = [...document.querySelectorAll(".grid [data-sku]")];
  cact('trigger', 'view_item_list', {
    item_list_name: list,
    user: user(),
    items: shown.map((link, index) => item({ sku: link.dataset.sku, position: index + 1 })),
  });
}

on("select_item", ({ button }) => {
  cact('trigger', 'select_item', {
    item_list_name: list,
    items: [item(button.dataset)],
  });
});

if (product) {
  const { revenue } = amounts([{ sku: product, quantity: 1 }]);
  cact('trigger', 'view_item', {
    revenue,
    currency: 'EUR',
    user: user(),
    items: [item({ sku: product })],
  });

  on("add_to_cart", ({ event, form, answer }) => {
    event.preventDefault();
    const size = form.get("size");
    cact('trigger', 'add_to_cart', {
      value: revenue,
      currency: 'EUR',
      user: user(),
      items: [item({ sku: product, size })],
    });
    put(product, size);
    showCart();
    answer("In your cart.");
  });

  on("add_to_wishlist", ({ answer }) => {
    cact('trigger', 'add_to_wishlist', {
      value: revenue,
      currency: 'EUR',
      user: user(),
      items: [item({ sku: product })],
    });
    answer("Saved.");
  });
}

// ---- cart and checkout ----

function showCart() {
  const lines = cart();
  const { revenue, shipping, tax, value } = amounts(lines);
  const totals = { revenue, shipping, tax, value };
  all("[data-cart-count]", (place) => (place.textContent = lines.reduce((sum, line) => sum + line.quantity, 0)));
  all("[data-total]", (place) => (place.textContent = euros(totals[place.dataset.total])));
  all("[data-filled]", (place) => (place.hidden = !lines.length));
  all("[data-empty]", (place) => (place.hidden = lines.length > 0));
  all("[data-line]", (row) => {
    const line = lines.find((each) => each.sku === row.dataset.line);
    row.hidden = !line;
    if (!line) return;
    row.querySelector("[data-size]").textContent = line.size;
    row.querySelector("[data-quantity]").textContent = line.quantity;
  });
}
showCart();

if (page === "cart" && cart().length) {
  cact('trigger', 'view_cart', {
    value: amounts(cart()).revenue,
    currency: 'EUR',
    user: user(),
    items: cart().map(item),
  });
}

on("remove_from_cart", ({ button }) => {
  const removed = cart().filter((line) => line.sku === button.dataset.sku);
  cact('trigger', 'remove_from_cart', {
    value: amounts(removed).revenue,
    currency: 'EUR',
    user: user(),
    items: removed.map(item),
  });
  storeCart(cart().filter((line) => line.sku !== button.dataset.sku));
  showCart();
});

on("begin_checkout", () => {
  const { revenue, value } = amounts(cart());
  cact('trigger', 'begin_checkout', {
    revenue,
    value,
    currency: 'EUR',
    user: user(),
    items: cart().map(item),
  });
});

on("add_shipping_info", ({ event, form, answer }) => {
  event.preventDefault();
  cact('trigger', 'add_shipping_info', {
    currency: 'EUR',
    value: amounts(cart()).value,
    user: { ...user(), zipcode: form.get("zipcode"), city: form.get("city") },
    shipping_tier: form.get("tier"),
    items: cart().map(item),
  });
  answer("✓ Noted");
});

on("add_payment_info", ({ event, form, answer }) => {
  event.preventDefault();
  cact('trigger', 'add_payment_info', {
    payment_method: form.get("method"),
    user: user(),
    revenue: amounts(cart()).revenue,
    currency: 'EUR',
    items: cart().map(item),
  });
  answer("✓ Noted");
});

// The browser navigates right after this call; its event must not be lost.
on("purchase", () => {
  const placed = { id: newOrderId(), lines: cart() };
  const { revenue, shipping, tax, value } = amounts(placed.lines);
  cact('trigger', 'purchase', {
    id: placed.id,
    user: user(),
    revenue,
    value,
    shipping_amount: shipping,
    tax_amount: tax,
    currency: 'EUR',
    type: 'online',
    items: placed.lines.map(item),
    payment_method: new FormData(document.querySelector("[data-payment]")).get("method"),
    status: 'in_progress',
  });
  storeOrder(placed);
  storeCart([]);
});

// ---- account ----

on("login", ({ event, form, answer }) => {
  event.preventDefault();
  remember(form.get("email"));
  cact('trigger', 'login', {
    method: 'password',
    user: user(),
  });
  answer("Welcome back.");
});

on("sign_up", ({ event, form, answer }) => {
  event.preventDefault();
  remember(form.get("email"));
  cact('trigger', 'sign_up', {
    method: 'e-mail',
    user: user(),
  });
  answer("Welcome.");
});

on("refund", ({ answer }) => {
  const { id, lines } = order();
  const { revenue, shipping, tax, value } = amounts(lines);
  cact('trigger', 'refund', {
    id,
    user: user(),
    revenue,
    value,
    shipping_amount: shipping,
    tax_amount: tax,
    currency: 'EUR',
    type: 'online',
    items: lines.map(item),
  });
  answer(`${euros(value)} are on their way back.`);
});

all("[data-order-id]", (place) => (place.textContent = order().id));
all("[data-order-value]", (place) => (place.textContent = euros(amounts(order().lines).value)));

// ---- the demo's own buttons ----

document.querySelector("[data-fire-all]").addEventListener("click", () => {
  for (const [name, params] of Object.entries(complete)) cact('trigger', name, structuredClone(params));
});

/** Fires the events of a fault. For values that JSON cannot express the container throws, as on real sites. */
const sendBroken = (name) => {
  try {
    oddities[name]();
  } catch (error) {
    if (!listed.has(error)) throw error;
  }
};
all("[data-odd]", (button) => button.addEventListener("click", () => sendBroken(button.dataset.odd)));

const menu = document.querySelector("[data-odd-menu]");
document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") menu.open = false;
});

document.documentElement.dataset.ready = "1";
