/**
 * `papyra doctor disk`.
 *
 * @module
 */

import type { Durability } from "../../model/mode.ts";
import { parseDurability } from "../../model/mode.ts";
import type { VolumeDurability } from "../../model/volume_report.ts";
import { defineCommand } from "../command.ts";
import { HELPER_WORD } from "../disk_helper.ts";
import { EXIT } from "../exit_codes.ts";
import { COMMON_EXITS, STOPPED_EXITS } from "../exits.ts";
import { defaulted, required } from "../option.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { volumeLines } from "../printers/volume_text.ts";
import { printReport } from "../report.ts";
import { asMilliseconds, asText } from "../value_readers.ts";

/** A check of the disk that a store is to be kept on. */
export const doctorDisk = defineCommand({
  name: "doctor disk",
  summary: "Try whether a disk does what a store relies on, in a scratch folder",
  options: {
    path: required(
      { placeholder: "DIR", summary: "A directory on the disk: the one that stores are kept in" },
      asText,
    ),
    durability: defaulted(
      {
        placeholder: "WHEN",
        summary: "What the disk has to support: always, interval:<milliseconds> or os",
      },
      parseDurability,
      "always",
    ),
    duration: defaulted(
      { placeholder: "DURATION", summary: "Measure so long; starting processes comes on top" },
      asMilliseconds,
      "2s",
    ),
    timeout: STORE_OPTIONS.timeout,
  },
  exits: {
    ...COMMON_EXITS,
    ...STOPPED_EXITS,
    [EXIT.OK]: "the disk supports the durability asked for",
    [EXIT.ANOMALIES_REFUSED]: "it does not, or that could not be found out",
  },
  examples: [
    "papyra doctor disk --path .",
    "papyra doctor disk --path . --durability os --json",
  ],
  onClosedPipe: "carry_on",
  async run({ path, durability, duration }, session) {
    const { checkVolume } = await import("../../volume/check_volume.ts");
    const report = await checkVolume(path, {
      asked: kindOf(durability),
      durationMs: duration,
      signal: session.signal,
      startHelper: (role) => session.terminal.startSelf([HELPER_WORD, ...role]),
      ...session.notes.progressOf("checking"),
    });
    await printReport(session, {
      schema: "doctor-disk",
      fields: report,
      lines: volumeLines(report),
      isRoutine: report.isFit,
    });
    return report.isFit ? EXIT.OK : EXIT.ANOMALIES_REFUSED;
  },
});

function kindOf(durability: Durability): VolumeDurability {
  return durability === "always" || durability === "os" ? durability : "interval";
}
