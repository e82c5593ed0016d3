// The dashboard's one live connection; dashboard.js connects the modules to its frames and states.

import { filterQuery } from "./address.js";
import { Live } from "./live.js";
import { root, timeline } from "./state.js";

export const live = new Live(root, {
  cursor: timeline.renderedUpTo,
  changes: timeline.renderedChanges,
  query: filterQuery,
});
