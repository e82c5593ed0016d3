// The dashboard's entry point: connects its modules, which listen to their parts of the page and share one state.

import { shareLinkTakes } from "./dashboard/address.js";
import { live } from "./dashboard/connection.js";
import { flow, leaveEndWhereScrolledAway } from "./dashboard/following.js";
import { showNews } from "./dashboard/news.js";
import { mark } from "./dashboard/selection.js";
import { state, timeline } from "./dashboard/state.js";
import { showState } from "./dashboard/status.js";
import { markHits } from "./dashboard/hits.js";
import { count } from "./dashboard/query.js";
import "./dashboard/completion.js";
import "./dashboard/keys.js";
import "./dashboard/loading.js";

live.subscribe({ beforeNews: leaveEndWhereScrolledAway, onNews: showNews, onState: showState });
shareLinkTakes(location.search);
if (state.following) timeline.toEnd();
flow();
count();
markHits();
mark()?.scrollIntoView({ block: "center" });
document.documentElement.dataset.ready = "1";
