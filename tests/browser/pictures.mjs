// The documentation's pictures, taken of a report: node pictures.mjs REPORT.html FOLDER
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./chromium.mjs";

const PARTS = {
  "report-diagram": "#diagram",
  "report-matrix": "#matrix .scroll",
  "report-record": "#ropa .record",
  "report-cards": "#pci",
};
const [report, folder] = process.argv.slice(2).map((name) => path.resolve(name));
const profile = await mkdtemp(path.join(tmpdir(), "report-pictures-"));
const browser = await launch(profile);
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1200, height: 1180 });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: "light" },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.goto(pathToFileURL(report).href);
  await page.screenshot({ path: path.join(folder, "report.png") });
  for (const [name, selector] of Object.entries(PARTS)) {
    await page.setViewport({ width: 1200, height: 1180 });
    await (await page.waitForSelector(selector)).screenshot({ path: path.join(folder, `${name}.png`) });
  }
} finally {
  await browser.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
