// The live service's pages in a real Chromium. PYTHON is the interpreter that serves them, PAGES where pictures go.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FOLDER = path.resolve(process.env.PAGES ?? "out/browser");
const ROOT = path.resolve(import.meta.dirname, "../..");
const PAGES = {
  overview: "/", exposures: "/exposures?state=all", service: "/services/checkout", services: "/services",
  store: "/stores/shopdb", stores: "/stores", category: "/categories/user.contact.email", categories: "/categories",
  field: "/fields/shopdb/customers.birth_date", outsiders: "/outsiders", outsider: "/outsiders/metrics.example.test",
  channel: "/channels/orders", flows: "/flows", explorer: "/explorer?focus=checkout&depth=2", search: "/search?q=birth",
  coverage: "/coverage", changes: "/changes?start=2025-03-03&end=2025-03-04", downloads: "/downloads",
  proposals: "/proposals", missing: "/services/nobody",
};
let browser, profile, server, sites;

before(async () => {
  mkdirSync(FOLDER, { recursive: true });
  server = spawn(process.env.PYTHON ?? "python3", ["-m", "tests.browser.serve_site"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) { sites = JSON.parse(line); break; }
  profile = await mkdtemp(path.join(tmpdir(), "site-browser-"));
  browser = await launch(profile);
});

after(async () => {
  await browser?.close();
  server?.stdin.end();
  server?.kill();
  if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** A page and everything that went wrong in it: errors, messages, dialogs, requests for anything but pages of the site. */
async function open(site, address, { width = 1300, height = 1000, scheme = "light", script = true, bypass = false } = {}) {
  const page = await browser.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`error ${error.message}`));
  page.on("console", (message) => { if (!/404|status of 4/.test(message.text())) wrong.push(`console ${message.text()}`); });
  page.on("dialog", async (dialog) => { wrong.push(`dialog ${dialog.message()}`); await dialog.dismiss(); });
  page.on("request", (request) => { if (!request.isNavigationRequest() && !request.url().startsWith("data:")) wrong.push(`request ${request.url()}`); });
  page.on("response", (response) => { if (response.status() >= 500) wrong.push(`${response.status()} ${response.url()}`); });
  await page.setJavaScriptEnabled(script);
  await page.setBypassCSP(bypass);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.goto(sites[site] + address, { waitUntil: "load" });
  return { page, wrong };
}

/** The address of the first exposure that waits for a decision and can be approved. */
async function exposure() {
  const { page } = await open("sample", "/exposures?state=new");
  const address = await page.$eval('a[href^="/exposures/e1-"]', (link) => link.getAttribute("href"));
  await page.close();
  return address;
}

for (const scheme of ["light", "dark"]) {
  test(`axe finds nothing on any page, ${scheme}`, async () => {
    for (const [name, address] of Object.entries({ ...PAGES, exposure: await exposure() })) {
      const { page } = await open("sample", address, { scheme, bypass: true });
      await page.evaluate(AXE);
      const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      const told = found.violations.flatMap((v) => v.nodes.map((n) => `${name} ${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary}`));
      assert.deepEqual(told, []);
      assert.ok(found.passes.length > 15, `${name}: only ${found.passes.length} rules looked at`);
      if (["overview", "exposure", "explorer", "service"].includes(name)) await page.screenshot({ path: path.join(FOLDER, `site-${name}-${scheme}.png`) });
      await page.close();
    }
  });
}

for (const site of ["sample", "hostile", "long", "large"]) {
  test(`nothing runs, nothing is fetched and nothing sticks out: ${site}`, async () => {
    const first = await open(site, "/");
    const links = await first.page.$$eval("a[href^='/']", (all) => all.map((link) => link.getAttribute("href")));
    await first.page.close();
    const wanted = ["/exposures", "/categories", "/services", "/stores", "/outsiders", "/explorer"];
    const lists = await Promise.all(wanted.map(async (address) => {
      const { page } = await open(site, address);
      const hrefs = await page.$$eval("main a[href^='/']", (all) => all.slice(0, 4).map((link) => link.getAttribute("href")));
      await page.close();
      return hrefs;
    }));
    const addresses = [...new Set([...links, ...lists.flat()])].filter((one) => !/^\/(report|downloads\/|openapi|api)/.test(one));
    assert.ok(addresses.length > 20, `only ${addresses.length} pages`);
    for (const address of addresses) {
      const { page, wrong } = await open(site, address);
      assert.deepEqual(wrong, [], address);
      const elements = await page.evaluate(() => ({
        scripts: document.querySelectorAll("script, iframe, object, embed, img, link, base").length,
        handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
        elsewhere: [...document.querySelectorAll("a[href], form")].filter((e) => new URL(e.href ?? e.action, location.href).origin !== location.origin).length,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      }));
      assert.deepEqual(elements, { scripts: 0, handlers: 0, elsewhere: 0, overflow: 0 }, address);
      await page.close();
    }
  });
}

test("complete without JavaScript", async () => {
  for (const address of [PAGES.overview, PAGES.explorer, PAGES.service]) {
    const read = async (script) => {
      const { page } = await open("sample", address, { script });
      const text = await page.$eval("body", (body) => body.textContent.replace(/\s+/g, " "));
      await page.close();
      return text;
    };
    const text = await read(false);
    assert.equal(text, await read(true));
    assert.ok(text.length > 500);
  }
});

test("the policy stops a script that somebody adds", async () => {
  const { page, wrong } = await open("sample", "/");
  await page.evaluate(() => {
    const added = document.createElement("script");
    added.textContent = "globalThis.ran = true";
    document.body.append(added);
  });
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  assert.ok(wrong.some((line) => line.includes("Content Security Policy")), "the browser did not say that it refused");
  await page.close();
});

/** Press Tab until the element that has focus fits; says how it got there when it does not. */
async function tabTo(page, fits, most = 120) {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(fits)) {
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, "none", "focus cannot be seen");
      return;
    }
  }
  assert.fail(`not reached by ${most} tabs: ${fits}`);
}

test("from the first page to a proposed decision with the keyboard alone", async () => {
  const { page, wrong } = await open("sample", "/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await tabTo(page, () => document.activeElement.getAttribute("href")?.startsWith("/exposures/e1-") && document.activeElement.closest("tr").querySelector(".state-new"));
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await tabTo(page, () => document.activeElement.name === "by");
  await page.keyboard.type("Ann");
  await page.keyboard.press("Tab");
  await page.keyboard.type("shown to whoever ordered");
  await tabTo(page, () => document.activeElement.textContent === "Propose to approve");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(page.url(), /\/proposals\/\d+$/);
  const text = await page.$eval("main", (main) => main.textContent);
  assert.ok(text.includes("Ann") && text.includes("shown to whoever ordered") && text.includes("flows.lock.json"));
  assert.deepEqual(wrong, []);
  await page.close();
});

test("searching with the keyboard alone", async () => {
  const { page } = await open("sample", "/");
  await tabTo(page, () => document.activeElement.name === "q");
  await page.keyboard.type("birth");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.ok((await page.$eval("main", (main) => main.textContent)).includes("birth_date"));
  const regions = await page.$$eval(".scroll", (all) => all.map((one) => [one.tabIndex, one.getAttribute("aria-label")]));
  assert.ok(regions.every(([index, label]) => index === 0 && label));
  await page.close();
});

test("fits a phone", async () => {
  for (const [name, address] of Object.entries({ ...PAGES, exposure: await exposure() })) {
    const { page } = await open("sample", address, { width: 390, height: 800 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, name);
    if (name === "exposure") await page.screenshot({ path: path.join(FOLDER, "site-phone.png") });
    await page.close();
  }
});
