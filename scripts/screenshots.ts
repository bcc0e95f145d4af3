/**
 * Makes the pictures of the report that the documentation shows, in the light and in the dark.
 *
 * ```sh
 * deno run -A scripts/screenshots.ts
 * ```
 *
 * @module
 */

import { join } from "node:path";
import { reportPage } from "../lib/report/page/report_page.ts";
import { Browser, type Scheme, type Viewport } from "../tests/page/browser.ts";
import { sampleReport, SAMPLES } from "../tests/page/sample_reports.ts";
import { installChromium } from "./_debian_tools.ts";
import { ROOT } from "./_paths.ts";
import { smallPng } from "./_small_png.ts";
import { say } from "./_say.ts";
import { withTemporaryDirectory } from "./_temporary_directory.ts";

const TARGET = join(ROOT, "docs/screenshots");
const WALL = { width: 1080, height: 800 };
const PHONE = { width: 360, height: 740 };
const SCHEMES: readonly Scheme[] = ["light", "dark"];

async function takeAll(directory: string): Promise<void> {
  await using browser = await Browser.start();
  for (const sample of SAMPLES) {
    const place = join(directory, sample);
    await Deno.mkdir(place);
    const file = join(place, "report.html");
    await Deno.writeTextFile(file, reportPage(await sampleReport(sample, place)));
    for (const scheme of SCHEMES) {
      await take(browser, file, { ...WALL, scheme }, `report-${sample}-${scheme}.png`);
    }
    if (sample !== "damaged") continue;
    await take(browser, file, { ...PHONE, scheme: "light" }, `report-${sample}-phone.png`);
  }
}

async function take(
  browser: Browser,
  file: string,
  viewport: Viewport,
  name: string,
): Promise<void> {
  await using page = await browser.open(`file://${file}`, viewport);
  const picture = smallPng(await page.screenshot());
  await Deno.writeFile(join(TARGET, name), picture);
  say(`${name} ${(picture.length / 1024).toFixed(0)} KiB`);
}

await installChromium();
await Deno.mkdir(TARGET, { recursive: true });
await withTemporaryDirectory("screenshots", takeAll);
