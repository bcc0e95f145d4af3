import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import { Follower } from "./_follower.ts";
import { Ingest } from "./_ingest.ts";
import { cliTest, papyraOk } from "./_papyra.ts";

const LIVES = 4;
const RECORDS_A_LIFE = 60;

cliTest(
  "inspect --follow shows each event once, across segments, compactions and dead writers",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    const config = join(directory, "papyra.json");
    await Deno.writeTextFile(config, '{"rotation": {"max_records": 5}}');
    const store = ["--path", path, "--config", config];
    await using events = new Follower(["events", ...store, "-o", "ndjson"]);
    await using records = new Follower(["records", ...store, "-o", "ndjson", "--after-seq", "0"]);
    await Promise.all([events.untilTold(1), records.untilTold(1)]);
    const acknowledged: number[] = [];
    for (let life = 1; life <= LIVES; life++) {
      await papyraOk(["record", "audit", ...store]);
      await using ingest = new Ingest(store);
      // Some more than it may live to record.
      const sent = Array.from({ length: RECORDS_A_LIFE * 2 }, () => ingest.send(1).catch(() => {}));
      await ingest.until(() => ingest.acknowledged.length >= RECORDS_A_LIFE);
      const compact = ["persistence", "compact", ...store, "--kind", "audit", "--max-records", "1"];
      await papyraOk(compact);
      await ingest.kill();
      await Promise.all(sent);
      acknowledged.push(...ingest.acknowledged);
    }
    await papyraOk(["record", "event", "--type", "Last", ...store]);
    const listed = (await papyraOk(["inspect", "events", ...store, "-o", "ndjson"])).trimEnd();
    const expected = listed.split("\n");
    assertEquals(await events.until(expected.length), expected);
    const followed = seqsOf(expected);
    for (const seq of acknowledged) assert(followed.includes(seq), `record ${seq} is gone`);
    // Of the audits, those come that no compaction removed before.
    await records.untilShown(expected.at(-1)!);
    const shown = records.lines.filter((line) => line.startsWith('{"kind":"event"'));
    assertEquals(shown, expected);
    assertEquals([await events.stop(), await records.stop("SIGTERM")], [130, 143]);
  },
);

function seqsOf(lines: readonly string[]): number[] {
  return lines.map((line) => JSON.parse(line).seq);
}
