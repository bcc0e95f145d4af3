/**
 * A check of the servers of a store as text.
 *
 * @module
 */

import type { ServerFacts, ServerReport, StreamFacts } from "../../model/server_report.ts";
import { checkLines, notToldLine } from "./check_lines.ts";
import type { Line } from "./line.ts";

/** What was found, server by server, and what it comes to. */
export function serverLines(report: ServerReport): Line[] {
  const { servers, checks, streams, asked, isFit, verdict, cannotKnow } = report;
  const refusal = isFit ? "" : `; asked for was ${asked}`;
  return [
    ...servers.flatMap((server): Line[] => [
      [serverText(server)],
      ...checks.filter((check) => check.server === server.server).flatMap(checkLines),
    ]),
    ...streams.flatMap(groupLines),
    ...cannotKnow.map(notToldLine),
    [`${verdict}${refusal}`, isFit ? "green" : "red"],
  ];
}

function serverText({ server, version, role, user }: ServerFacts): string {
  return `${server}: Redis ${version}, ${role}, user ${user === null ? "unknown" : `"${user}"`}`;
}

function groupLines({ key, groups }: StreamFacts): Line[] {
  return groups.map(({ name, pending, lag, dangling, looked }): Line => {
    const part = looked < pending ? ` of the oldest ${looked}` : "";
    return [
      `group     ${key} "${name}": ${pending} pending, lag ${lag ?? "unknown"}, ` +
      `${dangling}${part} gone`,
    ];
  });
}
