// What happens in secrets.html later, each with the secret too.
() => {
  const late = document.getElementById('late');
  late.textContent = 'Kassiopeia';
  late.firstChild.data = 'kassiopeia again';
  for (const name of ['title', 'alt', 'data-a', 'aria-description', 'value', 'href', 'src', 'onclick']) {
    late.setAttribute(name, '/*Kassiopeia*/');
  }
  late.style.setProperty('--own', '"Kassiopeia"');
  late.style.background = 'url(/kassiopeia.png)';
  document.title = 'Kassiopeia 2';
  const root = document.getElementById('host').attachShadow({ mode: 'open' });
  root.innerHTML = '<style>i::before { content: "Kassiopeia" }</style><i>Kassiopeia</i><input value=Kassiopeia>';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('u::before { content: "Kassiopeia" }');
  document.adoptedStyleSheets = [sheet];
  document.styleSheets[0].insertRule('s::before { content: "Kassiopeia" }', 0);
  document.body.insertAdjacentHTML('beforeend', '<video title=Kassiopeia src=/kassiopeia></video><em>Kassiopeia</em>');
  history.replaceState(null, '', '?who=Kassiopeia');
}
