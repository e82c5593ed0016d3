// Part of scripts that post to a plain http address: an https page may not. Assembled into the scope of static/shim.js.
export default function () {
  const tell = (tries) => tries === 2 && report('mixed_content', `an https page may not post to ${COLLECT}`);
  if (location.protocol === 'https:') onFailure = tell;
}
