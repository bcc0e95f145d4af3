/**
 * `papyra doctor redis`.
 *
 * @module
 */

import { asServerBackend } from "../../backend/server_backend.ts";
import { unlessAborted } from "../../errors.ts";
import { VOLUME_DURABILITIES } from "../../model/volume_report.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { STORE_EXITS } from "../exits.ts";
import { letGo, openUnseenStoreOf } from "../open_store.ts";
import { defaulted } from "../option.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { serverLines } from "../printers/server_text.ts";
import { printReport } from "../report.ts";
import { asOneOf } from "../value_readers.ts";

const { path, store, config, timeout } = STORE_OPTIONS;
const { [EXIT.NO_SUCH_STORE]: _, ...EXITS } = STORE_EXITS;

/** A check of the servers that a store lies on. */
export const doctorRedis = defineCommand({
  name: "doctor redis",
  summary: "Ask the servers of a store on Redis whether they do what it relies on",
  options: {
    path,
    store,
    config,
    durability: defaulted(
      {
        placeholder: "WHEN",
        summary: "What an acknowledgement has to be worth: interval is about a second",
        choices: VOLUME_DURABILITIES,
      },
      asOneOf(VOLUME_DURABILITIES, "durability"),
      "interval",
    ),
    timeout,
  },
  exits: {
    ...EXITS,
    [EXIT.OK]: "an acknowledgement is worth what was asked for, and nothing else is wrong",
    [EXIT.ANOMALIES_REFUSED]: "it is not, something is, or that could not be found out",
    [EXIT.USAGE]: "the command line cannot be used as it stands, or the store is not on Redis",
  },
  examples: [
    "papyra doctor redis --store redis://127.0.0.1:6379/0",
    "papyra doctor redis --durability os --store redis://127.0.0.1:6379/0 --json",
  ],
  onClosedPipe: "carry_on",
  async run({ durability, ...flags }, session) {
    const opened = await openUnseenStoreOf(flags, session);
    try {
      const { signal } = session;
      const check = asServerBackend(opened).checkServer({ asked: durability, signal });
      const report = await unlessAborted(check, signal);
      await printReport(session, {
        schema: "doctor-redis",
        fields: report,
        lines: serverLines(report),
        isRoutine: report.isFit,
      });
      return report.isFit ? EXIT.OK : EXIT.ANOMALIES_REFUSED;
    } finally {
      await letGo(opened, session);
    }
  },
});
