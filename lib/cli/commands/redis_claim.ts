/**
 * `papyra redis claim`.
 *
 * @module
 */

import type { ClaimOptions, GroupBackend } from "../../backend/group_backend.ts";
import type { ClaimReport, PendingEntry } from "../../model/consumer_group.ts";
import type { RecordKind } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { GROUP_EXITS } from "../exits.ts";
import { openGroupsOf } from "../open_groups.ts";
import { defaulted, required } from "../option.ts";
import { CONSUMER_OPTIONS, ENTRY_IDS, GROUP_OPTIONS } from "../options/group_options.ts";
import { leftLines } from "../printers/group_text.ts";
import { printReport } from "../report.ts";
import { asCountFromOne, asMilliseconds } from "../value_readers.ts";

const PAGE_ENTRIES = 100;

/** Taking over what other consumers left. */
export const redisClaim = defineCommand({
  name: "redis claim",
  summary: "Give a consumer what others were given and left; redis consume prints that first",
  options: {
    ...GROUP_OPTIONS,
    ...CONSUMER_OPTIONS,
    minIdle: required(
      { placeholder: "DURATION", summary: "Only what was given out at least so long ago" },
      asMilliseconds,
    ),
    id: ENTRY_IDS,
    limit: defaulted(
      { placeholder: "N", summary: "Without --id: look at the oldest N" },
      asCountFromOne,
      "1000",
    ),
  },
  exits: GROUP_EXITS,
  examples: [
    "papyra redis claim --group billing --consumer b2 --min-idle 5m " +
    "--store redis://127.0.0.1:6379/0",
    "papyra redis claim --group billing --consumer b2 --min-idle 5m --max-deliveries 10 " +
    "--store redis://127.0.0.1:6379/0",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const { kind, group, consumer, minIdle, maxDeliveries, id, limit } = options;
    await using store = await openGroupsOf(options, session);
    const whom = {
      group,
      consumer,
      minIdleMs: minIdle,
      signal: session.signal,
      ...(maxDeliveries === undefined ? {} : { deliveriesMax: maxDeliveries }),
    };
    const report = await claimFor(store, kind, { ...whom, entryIds: id }, limit);
    const { claimed, dangling, deadLettered, next } = report;
    await printReport(session, {
      schema: "redis-claim",
      fields: {
        store: store.location,
        kind,
        group,
        consumer,
        claimed,
        dangling,
        deadLettered,
        next,
      },
      lines: [
        [`Claimed ${claimed.length} entries for "${consumer}"`],
        ...leftLines("dead letter:", deadLettered),
        ...leftLines("gone, see persistence recover --ack-dangling:", dangling),
      ],
      isRoutine: dangling.length + deadLettered.length === 0,
    });
    if (next !== null) await session.notes.note("there may be more: run it again, or see --limit");
    return EXIT.OK;
  },
});

/** What was claimed, without the entries themselves: there may be many. */
interface Claim {
  readonly claimed: { readonly id: string; readonly deliveries: number }[];
  readonly dangling: PendingEntry[];
  readonly deadLettered: PendingEntry[];
  next: string | null;
}

async function claimFor(
  store: GroupBackend,
  kind: RecordKind,
  options: ClaimOptions,
  limit: number,
): Promise<Claim> {
  const claim: Claim = { claimed: [], dangling: [], deadLettered: [], next: null };
  const { entryIds, ...whom } = options;
  if (entryIds.length > 0) {
    addTo(claim, await store.claim(kind, options));
    return claim;
  }
  for (let left = limit; left > 0;) {
    const count = Math.min(left, PAGE_ENTRIES);
    const from = claim.next === null ? {} : { startId: claim.next };
    const page = await store.autoclaim(kind, { ...whom, ...from, count });
    addTo(claim, page);
    claim.next = page.next;
    if (page.next === null) break;
    left -= count;
  }
  return claim;
}

function addTo(claim: Claim, { entries, dangling, deadLettered }: ClaimReport): void {
  claim.claimed.push(...entries.map(({ id, deliveries }) => ({ id, deliveries })));
  claim.dangling.push(...dangling);
  claim.deadLettered.push(...deadLettered);
}
