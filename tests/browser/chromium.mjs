// A Chromium that asks the network for nothing.
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

const CHROMIUM = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (file) => file && existsSync(file),
);
const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
];

/** Starts it with a profile folder of its own; throws when there is none on this machine. */
export function launch(profile) {
  if (!CHROMIUM) throw new Error("no Chromium: set CHROMIUM");
  return puppeteer.launch({ executablePath: CHROMIUM, args: QUIET, userDataDir: profile, headless: true });
}
