/**
 * Which part a server plays beside others, and who has its data too.
 *
 * @module
 */

import type { ServerFinding } from "../../../model/server_report.ts";
import { failed, ok, unknown, warning } from "../../../model/finding.ts";
import type { Inquiry } from "./inquiry.ts";

/** Whether it takes writes, and has the replicas that the store asks for. */
export async function checkReplication(inquiry: Inquiry): Promise<ServerFinding> {
  if (inquiry.role !== "master") {
    return failed(null, "it is a replica, which takes no writes", "name its master in the URL");
  }
  const facts = await inquiry.info("replication");
  if (facts === null) return unknown("this user may not ask for replicas", "let it run INFO");
  const replicas = Number(facts.get("connected_slaves"));
  const { minReplicas } = inquiry.config;
  const figures = { replicas, minReplicas };
  if (replicas < minReplicas) {
    return failed(
      null,
      `${replicas} replicas are connected, and min_replicas asks for ${minReplicas}: ` +
        "every record ends as UNDER_REPLICATED",
      "start the replicas, or ask for fewer",
      figures,
    );
  }
  if (replicas > 0) return ok(`${replicas} replicas are connected`, figures);
  const reason = "no replica is connected: what this machine loses is lost";
  return warning(reason, "give it a replica, or keep copies of the store", figures);
}
