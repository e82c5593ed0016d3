// The vendor's documented stub: it queues calls in caReady until a container loads.
window.caReady = window.caReady || []; window.cact = function () { window.caReady.push(arguments) };
