// Finds the line of the page that made a call. Assembled into the scope of static/shim.js.
export default function () {
  const places = (error) => error.stack.match(/[a-z-]+:\/\/\S+?:\d+:\d+/gi) || [];
  const self = places(new Err())[0]?.replace(/:\d+:\d+$/, ':'); // Firefox names no file of extensions
  // The first stack frame outside this script; the next one where the stub or the container made the call.
  site = quietly((error, { between }) =>
    mask(places(error).filter((place) => !place.startsWith(self))[between ? 1 : 0]));
}
