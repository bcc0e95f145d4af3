/**
 * A startup check as text.
 *
 * @module
 */

import type { StartupReport } from "../../operations/startup.ts";
import type { Line } from "./line.ts";
import { changeLines } from "./recovery_text.ts";
import { scanLines } from "./scan_text.ts";

/** What a startup check found and did. */
export function startupLines({ mode, verdict, scan, recovery }: StartupReport): Line[] {
  if (scan === null) return [[`Persistence not checked: mode ${mode}`]];
  if (recovery === null) return scanLines(scan);
  return [
    ...scanLines(scan).filter(([text]) => !text.startsWith("Next: ")),
    ...changeLines(recovery),
    ...(verdict === "recovered"
      ? [["Recovery successful", "green"]] as Line[]
      : scanLines(recovery.after)),
  ];
}
