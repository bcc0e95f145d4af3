/**
 * One hour in the middle of a large store.
 *
 * @module
 */

import { papyra, timedCommand } from "./_command.ts";
import { count } from "./_numbers.ts";
import { RECORDS_PER_SECOND } from "./_sample_record.ts";
import { type SampleStore, timeInStore } from "./_sample_stores.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";

const HOUR_SECONDS = 3600;
// A store that was made small for a short run may not have hours.
const SHARE_MOST = 1 / 12;

/** One hour of a single file and of segments, beside `jq`, which looks at every record. */
export async function hour({ stores }: BenchContext): Promise<Workload> {
  const [single, segments] = [await stores.large(), await stores.largeInSegments()];
  const span = timeInStore(single, 1) - timeInStore(single, 0);
  const since = Math.floor(timeInStore(single, 0.5));
  const until = since + Math.min(HOUR_SECONDS, Math.floor(span * SHARE_MOST));
  const listing = (name: string, { path }: SampleStore): Variant => {
    const period = ["--since", `${since}`, "--until", `${until}`];
    const commands = [papyra(["inspect", "events", ...period, "--path", path])];
    return timedCommand({ name, isPapyra: true, commands });
  };
  const filter = `select(.timestamp >= ${since} and .timestamp < ${until})`;
  return {
    name: "One hour in the middle, executable",
    unit: "ms",
    about: `All events of an hour of the large store are listed, ${
      count((until - since) * RECORDS_PER_SECOND)
    } records with the others between them.`,
    variants: [
      timedCommand({
        name: "jq -c select(.timestamp …)",
        commands: [{ run: ["jq", "-c", filter, single.path] }],
      }),
      listing("papyra, a single file", single),
      listing("papyra, segments", segments),
    ],
    goals: [],
  };
}
