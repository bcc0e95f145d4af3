/**
 * A store beside what must stay as it is.
 *
 * @module
 */

import { join } from "node:path";
import { assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { damagedStore } from "../cli/command_line.ts";
import { runSoundly } from "./_command.ts";
import { treeOf } from "./_tree.ts";

/** A damaged store with a history, and somebody else's files. */
export interface Stage {
  /** The directory around everything. */
  readonly directory: string;
  /** The directory of the store. */
  readonly shop: string;
  /** The store's file. */
  readonly path: string;
  /** Its sidecar. */
  readonly sidecar: string;
  /** A directory that no command is told of. */
  readonly outside: string;
  /** A file there. */
  readonly victim: string;
  /** Makes the store as it was, with an empty sidecar. */
  reset(): Promise<void>;
}

/** A test whose commands may do what they want, but nothing to `outside`. */
export function confinedTest(name: string, body: (stage: Stage) => Promise<void>): void {
  Deno.test(name, () =>
    inTempDirectory(async (directory) => {
      const stage = await setStage(directory);
      const before = treeOf(stage.outside);
      await body(stage);
      assertEquals(treeOf(stage.outside), before, "something outside of the store was touched");
    }));
}

/** Every command that writes, and some that only look. */
export const COMMANDS: readonly string[] = [
  "persistence scan",
  "persistence history",
  "record event --type T",
  "persistence compact --max-records 3",
  "persistence recover",
  "persistence recover --mode rebuild",
  "metrics reset",
  "doctor run --mode recover",
  "inspect events",
];

/** Those that between them touch every file of a sidecar. */
export const WRITING: readonly string[] = [
  "persistence recover",
  "record event --type T",
  "persistence compact --max-records 3",
  "metrics reset",
];

/** Runs commands on a store, one after another. */
export async function runAll(path: string, commands = COMMANDS): Promise<void> {
  for (const command of commands) await runSoundly(...command.split(" "), "--path", path);
}

async function setStage(directory: string): Promise<Stage> {
  const [shop, outside] = [join(directory, "shop"), join(directory, "outside")];
  for (const made of [shop, outside, join(outside, "deep")]) await Deno.mkdir(made);
  const victim = join(outside, "victim");
  await Deno.writeTextFile(victim, "root:x:0:0::/root:/bin/sh\n");
  await Deno.writeTextFile(join(outside, "deep", "victim.tmp"), "{}\n");
  const path = await damagedStore(shop);
  // More than a receipt holds: a repair needs a file for it.
  await Deno.writeTextFile(path, `${"x".repeat(6000)}\n`, { append: true });
  const content = await Deno.readFile(path);
  const sidecar = join(shop, ".events.ndjson.papyra");
  const reset = async (): Promise<void> => {
    await Deno.remove(sidecar, { recursive: true }).catch(() => {});
    await Deno.mkdir(sidecar, { mode: 0o700 });
    await Deno.writeFile(path, content);
  };
  return { directory, shop, path, sidecar, outside, victim, reset };
}
