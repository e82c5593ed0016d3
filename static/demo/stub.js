// The vendor's documented stub: calls wait in caReady until a container comes.
window.caReady = window.caReady || []; window.cact = function () { window.caReady.push(arguments) };
