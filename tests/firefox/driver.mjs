// Drives a headless Firefox over WebDriver BiDi: reads a command from each line of the standard input, and writes its
// answer as a line to the standard output.
//
//   node driver.mjs <path of Firefox> <preferences as JSON>
//   {"ask": "goto", "tab": "1", "url": "http://…"}   ->   {"value": null}   or   {"error": "TimeoutError: …"}
//
// A tab has a profile of its own (its storage, its cookies) unless it is opened `beside` another one.
import { createInterface } from 'node:readline';

import puppeteer from 'puppeteer-core';

const [executablePath, preferences] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath,
  extraPrefsFirefox: JSON.parse(preferences),
  args: ['--remote-allow-system-access'], // else no tab opens the page of an extension
  protocolTimeout: 30_000, // below a test's own limit
  handleSIGINT: false, // the tests end this process by closing its input
});
const tabs = new Map(); // name -> page
const thrown = []; // what pages have thrown and not caught

const COMMANDS = {
  async open({ beside }) {
    const context = beside ? tabs.get(beside).browserContext() : await browser.createBrowserContext();
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      // Firefox reports requests that fail or are forbidden as it reports an exception.
      if (!/^Error: (Cross-Origin Request Blocked|Content-Security-Policy)/.test(error)) thrown.push(String(error));
    });
    const name = String(tabs.size + 1);
    tabs.set(name, page);
    return name;
  },

  async goto({ tab, url }) {
    await tabs.get(tab).goto(url);
  },

  // Opens a page of an extension. BiDi does not tell when it is there.
  gotoExtension({ tab, url }) {
    tabs.get(tab).goto(url).catch(() => {});
  },

  // The value of an expression in the page's own scope; a promise is awaited.
  evaluate: ({ tab, script }) => tabs.get(tab).evaluate(script),

  // Runs a script that leaves the page; waits until the next page has loaded.
  async leave({ tab, script }) {
    const page = tabs.get(tab);
    await Promise.all([page.waitForNavigation(), page.evaluate(script)]);
  },

  async click({ tab, selector }) {
    await tabs.get(tab).locator(selector).click();
  },

  async front({ tab }) {
    await tabs.get(tab).bringToFront();
  },

  async close({ tab, asking }) {
    await tabs.get(tab).close({ runBeforeUnload: asking });
  },

  // Closes all tabs; returns what their pages have thrown.
  async reset() {
    for (const context of browser.browserContexts()) if (context !== browser.defaultBrowserContext()) await context.close();
    tabs.clear();
    return thrown.splice(0);
  },

  install: ({ path }) => browser.installExtension(path),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { value: await COMMANDS[ask](given) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
