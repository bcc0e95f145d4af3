/**
 * How a server keeps what it has in memory.
 *
 * @module
 */

import type { ServerDurability, ServerFinding } from "../../../model/server_report.ts";
import { failed, ok, unknown, warning } from "../../../model/finding.ts";
import type { Inquiry } from "./inquiry.ts";

const FSYNC: { readonly [when: string]: readonly [ServerDurability, string] } = {
  everysec: [
    "interval",
    "about the last second is lost when the machine fails, two where its disk is slow",
  ],
  no: ["os", "what the system has not written yet is lost when the machine fails"],
};

/** Whether there is an append-only file, and when it is synced. */
export async function checkPersistence(inquiry: Inquiry): Promise<ServerFinding> {
  const facts = await inquiry.info("persistence");
  if (facts === null) {
    return unknown("this user may not ask for the append-only file", "let it run INFO");
  }
  if (facts.get("aof_enabled") !== "1") {
    return failed(
      "none",
      "there is no append-only file: what came since the last snapshot is lost with the process",
      "CONFIG SET appendonly yes, in redis.conf too",
    );
  }
  const when = await inquiry.setting("appendfsync");
  if (when === null) {
    return unknown(
      "there is an append-only file, and this user may not ask when it is synced",
      "let it run CONFIG GET, or look up appendfsync in redis.conf",
    );
  }
  if (when === "always") return ok("the append-only file is synced before each answer");
  const [supports, loss] = FSYNC[when] ?? ["none", "what that loses is not known"];
  return warning(
    `the append-only file is synced as appendfsync ${when} says: ${loss}`,
    "CONFIG SET appendfsync always, in redis.conf too, where nothing may be lost",
    {},
    supports,
  );
}

/** Whether it can save: one that cannot refuses writes, as it is usually configured. */
export async function checkSaving(inquiry: Inquiry): Promise<ServerFinding> {
  const facts = await inquiry.info("persistence");
  if (facts === null) {
    return unknown("this user may not ask whether it can save", "let it run INFO");
  }
  const next = "see the log of the server, and the room on its disk";
  if (facts.get("aof_enabled") === "1" && facts.get("aof_last_write_status") !== "ok") {
    return failed(null, "the append-only file could not be written", next);
  }
  if (facts.get("rdb_last_bgsave_status") !== "ok") {
    return failed(null, "the last snapshot failed", next);
  }
  return ok("the last writes to its disk worked");
}
