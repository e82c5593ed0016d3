// The shop's data: catalogue and reference from the server; cart, visitor and order in this tab's session storage.

export const { catalogue, complete, required, broken } = JSON.parse(document.getElementById("demo-data").textContent);

const SHIPPING = 3.9;
const TAX = 0.2;

const cents = (amount) => Math.round(amount * 100) / 100;
export const euros = (amount) => `€${amount.toFixed(2)}`;

const read = (key, otherwise) => {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise; // the browser may block storage
  }
};
const write = (key, value) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // without storage the value lasts as long as the page
  }
};

// ---- visitor ----

/** The visitor is logged in from the start: the reference expects an e-mail address in every event. */
export const user = () => ({ ...complete.page_view.user, ...read("demo-user", {}) });
export const remember = (email) => write("demo-user", { email });

// ---- cart: lines of {sku, size, quantity}; a new visitor's cart holds a shirt, so that every page works ----

const FIRST_CART = [{ sku: Object.keys(catalogue)[0], size: "M", quantity: 1 }];

export const cart = () => read("demo-cart", FIRST_CART).filter((line) => line.sku in catalogue);
export const storeCart = (lines) => write("demo-cart", lines);

export const put = (sku, size) => {
  const lines = cart();
  const same = lines.find((line) => line.sku === sku);
  if (same) Object.assign(same, { size, quantity: same.quantity + 1 });
  else lines.push({ sku, size, quantity: 1 });
  storeCart(lines);
};

/** A cart line as an Item of the reference. */
export const item = ({ sku, size, quantity = 1, position }) => {
  const { product, ...rest } = catalogue[sku];
  return {
    ...rest,
    product: { ...product, size: size ?? product.size },
    ...(position && { list_position: position }),
    quantity,
  };
};

/** The amounts of the lines: revenue is the shirts alone, value is the total that the visitor pays. */
export const amounts = (lines) => {
  const revenue = cents(lines.reduce((sum, line) => sum + catalogue[line.sku].product.price * line.quantity, 0));
  const shipping = lines.length ? SHIPPING : 0;
  const tax = cents(revenue * TAX);
  return { revenue, shipping, tax, value: cents(revenue + shipping + tax) };
};

// ---- the last order ----

export const order = () => read("demo-order", { id: complete.purchase.id, lines: FIRST_CART });
export const storeOrder = (placed) => write("demo-order", placed);
export const newOrderId = () => `O_${Date.now().toString(36).toUpperCase()}`;

// ---- the list of triggered events at the foot of the page ----

export const fired = () => read("demo-fired", []);
export const storeFired = (calls) => write("demo-fired", calls);
