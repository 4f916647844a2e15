// The report in a real Chromium. PAGES is the folder of tests/browser/make_pages.py; pictures go to the same folder.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "./chromium.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FOLDER = path.resolve(process.env.PAGES ?? "out/browser");
const url = (name) => pathToFileURL(path.join(FOLDER, `${name}.html`)).href;
let browser, profile;

before(async () => {
  profile = await mkdtemp(path.join(tmpdir(), "report-browser-"));
  browser = await launch(profile);
});

after(async () => {
  await browser?.close();
  if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** A page and everything that went wrong in it: errors, messages, dialogs, requests for anything but itself. */
async function open(name, { width = 1300, height = 1000, scheme = "light", script = true, bypass = false } = {}) {
  const page = await browser.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`error ${error.message}`));
  page.on("console", (message) => wrong.push(`console ${message.text()}`));
  page.on("dialog", async (dialog) => { wrong.push(`dialog ${dialog.message()}`); await dialog.dismiss(); });
  page.on("request", (request) => { if (request.url().split("#")[0] !== url(name)) wrong.push(`request ${request.url()}`); });
  await page.setJavaScriptEnabled(script);
  await page.setBypassCSP(bypass);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.goto(url(name), { waitUntil: "load" });
  return { page, wrong };
}

const openAll = (page) => page.$$eval("details", (all) => all.forEach((one) => { one.open = true; }));
const picture = (page, name, options = {}) => page.screenshot({ path: path.join(FOLDER, `${name}.png`), ...options });

for (const scheme of ["light", "dark"]) {
  test(`axe finds nothing, ${scheme}, everything unfolded`, async () => {
    const { page } = await open("sample", { scheme, bypass: true });
    await openAll(page);
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations", "incomplete"] }));
    const told = found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary}`));
    assert.deepEqual(told, []);
    assert.ok(found.passes.length > 20, `only ${found.passes.length} rules looked at`);
    await picture(page, `sample-${scheme}`);
    await page.close();
  });
}

for (const name of ["sample", "hostile", "long", "large"]) {
  test(`nothing runs and nothing is fetched: ${name}`, async () => {
    const { page, wrong } = await open(name);
    assert.deepEqual(wrong, []);
    const elements = await page.evaluate(() => ({
      scripts: document.querySelectorAll("script, iframe, object, embed, img, link, base, form").length,
      handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
      links: [...document.querySelectorAll("a")].filter((a) => !(a.getAttribute("href") ?? "").startsWith("#")).length,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    assert.deepEqual(elements, { scripts: 0, handlers: 0, links: 0, overflow: 0 });
    await page.close();
  });
}

test("the policy stops a script that somebody adds", async () => {
  const { page, wrong } = await open("sample");
  await page.evaluate(() => {
    const added = document.createElement("script");
    added.textContent = "globalThis.ran = true";
    document.body.append(added);
  });
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  assert.ok(wrong.some((line) => line.includes("Content Security Policy")), "the browser did not say that it refused");
  await page.close();
});

test("complete without JavaScript", async () => {
  const read = async (script) => {
    const { page } = await open("sample", { script });
    const text = await page.$eval("body", (body) => body.textContent.replace(/\s+/g, " "));
    await page.close();
    return text;
  };
  const text = await read(false);
  assert.equal(text, await read(true));
  for (const words of ["not approved", "Record of processing activities", "declared by people", "Glossary"]) {
    assert.ok(text.includes(words), words);
  }
});

test("legible without its style sheet", async () => {
  const { page } = await open("sample");
  await page.$$eval("style", (all) => all.forEach((style) => style.remove()));
  const boxes = await page.$$eval(".graph .shape", (all) => all.map((shape) => getComputedStyle(shape).fill));
  assert.ok(boxes.length > 10);
  assert.ok(boxes.every((fill) => fill === "rgb(255, 255, 255)"), "a box without a fill is black");
  await picture(page, "sample-without-css");
  await page.close();
});

test("the keyboard reaches the skip link, opens what is folded and scrolls what is wide", async () => {
  const { page } = await open("sample");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => location.hash), "#undecided");
  await page.keyboard.press("Tab");
  const folded = await page.evaluate(() => document.activeElement.tagName === "SUMMARY" && document.activeElement.parentElement.open);
  await page.keyboard.press("Enter");
  const toggled = await page.evaluate(() => document.activeElement.parentElement.open);
  assert.notEqual(folded, toggled);
  const regions = await page.$$eval(".scroll", (all) => all.map((one) => [one.tabIndex, one.getAttribute("aria-label")]));
  assert.ok(regions.every(([index, label]) => index === 0 && label), "a region that scrolls has a name and takes focus");
  assert.equal(new Set(regions.map(([, label]) => label)).size, regions.length);
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
  await page.close();
});

test("a link to what is folded away unfolds it", async () => {
  const { page } = await open("sample");
  const id = await page.$eval("#services details", (one) => one.id);
  await page.evaluate((to) => { location.hash = to; }, id);
  assert.ok(await page.evaluate((to) => document.getElementById(to).getBoundingClientRect().top < innerHeight, id));
  await page.close();
});

test("fits a phone", async () => {
  const { page } = await open("sample", { width: 390, height: 800 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0);
  await picture(page, "sample-phone");
  await page.close();
});

test("prints on A4 with a landscape diagram and exposures, categories and services unfolded", async () => {
  const { page } = await open("sample");
  const pdf = Buffer.from(await page.pdf({ path: path.join(FOLDER, "sample.pdf"), preferCSSPageSize: true, printBackground: true }));
  const boxes = [...pdf.toString("latin1").matchAll(/\/MediaBox\s*\[\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)/g)];
  const sizes = boxes.map((box) => [Math.round(box[3]), Math.round(box[4])]);
  const upright = sizes.filter(([w, h]) => Math.abs(w - 595) < 2 && Math.abs(h - 842) < 2).length;
  const landscape = sizes.filter(([w, h]) => Math.abs(w - 842) < 2 && Math.abs(h - 595) < 2).length;
  assert.equal(upright + landscape, sizes.length, "all pages are A4");
  assert.ok(landscape >= 1 && landscape <= 4, `${landscape} pages lie across`);
  assert.ok(upright >= 4 && upright <= 40, `${upright} pages`);
  await page.emulateMediaType("print");
  const hidden = await page.$$eval("details.exposure dl, details.printed dl", (all) => all.filter((dl) => !dl.checkVisibility({ contentVisibilityAuto: true })).length);
  assert.equal(hidden, 0);
  await page.close();
});
