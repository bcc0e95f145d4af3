/**
 * `papyra redis groups`.
 *
 * @module
 */

import type { GroupBackend } from "../../backend/group_backend.ts";
import { RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { GROUP_EXITS } from "../exits.ts";
import { printListing } from "../listing.ts";
import { openGroupsOf } from "../open_groups.ts";
import { repeated } from "../option.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { snakeCase } from "../../model/json_document.ts";
import { groupText, type ListedGroup } from "../printers/group_text.ts";
import { asOneOf } from "../value_readers.ts";

/** A list of consumer groups. */
export const redisGroups = defineCommand({
  name: "redis groups",
  summary: "List the consumer groups of a store on Redis, how far they are, and their consumers",
  options: {
    ...STORE_OPTIONS,
    kind: repeated(
      {
        placeholder: "KIND",
        summary: "Only of the stream of this kind; give it again for more kinds",
        choices: RECORD_KINDS,
      },
      asOneOf(RECORD_KINDS, "kind"),
    ),
  },
  exits: GROUP_EXITS,
  examples: ["papyra redis groups --store redis://127.0.0.1:6379/0"],
  onClosedPipe: "stop",
  async run(options, session) {
    await using store = await openGroupsOf(options, session);
    const kinds = options.kind.length === 0 ? RECORD_KINDS : options.kind;
    await printListing(session, listedGroups(store, kinds), {
      head: { schema: "redis-groups", fields: { store: store.location }, name: "groups" },
      toJson: snakeCase,
      toText: groupText,
      whenEmpty: "No consumer groups.",
    });
    return EXIT.OK;
  },
});

async function* listedGroups(
  store: GroupBackend,
  kinds: readonly RecordKind[],
): AsyncGenerator<ListedGroup> {
  for (const kind of kinds) {
    for (const group of await store.consumerGroups(kind)) {
      const consumers = await store.groupConsumers(kind, { group: group.name });
      yield { kind, ...group, consumers };
    }
  }
}
