/**
 * What a server does when its memory is used up.
 *
 * @module
 */

import { formatSize } from "../../../model/units.ts";
import type { ServerFinding } from "../../../model/server_report.ts";
import { failed, ok, unknown, warning } from "../../../model/finding.ts";
import type { Inquiry } from "./inquiry.ts";

const NEARLY_FULL = 0.9;

/** Whether it removes streams by itself, and how much room there is. */
export async function checkEviction(inquiry: Inquiry): Promise<ServerFinding> {
  const memory = await inquiry.info("memory");
  const policy = memory?.get("maxmemory_policy");
  if (memory === null || policy === undefined) {
    return unknown("this user may not ask for maxmemory-policy", "let it run INFO");
  }
  const used = Number(memory.get("used_memory"));
  const most = Number(memory.get("maxmemory"));
  const figures = { memoryBytes: used, memoryBytesMax: most };
  const limit = most === 0 ? "no maxmemory is set" : `of ${formatSize(most)} (maxmemory)`;
  if (policy !== "noeviction") {
    return failed(
      "none",
      `maxmemory-policy is ${policy}: when memory is used up, whole streams go without a word`,
      "CONFIG SET maxmemory-policy noeviction, in redis.conf too",
      figures,
    );
  }
  const reason = `maxmemory-policy is noeviction; ${formatSize(used)} in use, ${limit}`;
  return most > 0 && used > most * NEARLY_FULL
    ? warning(reason, "compact the store, or give the server more memory", figures)
    : ok(reason, figures);
}
