import { join } from "node:path";
import { JsonFilePersistence } from "../../mod.ts";
import { PapyraError } from "../../lib/errors.ts";
import { assert } from "../_assert.ts";
import { confinedTest, type Stage } from "./_stage.ts";

const FLIPPER = join(import.meta.dirname!, "_link_flipper.ts");
const DURATION_MS = 3000;

confinedTest("links that come and go lead nowhere at any moment", async (stage) => {
  const { directory, sidecar, path } = stage;
  const quarantineDir = join(directory, "quarantine");
  await stage.reset();
  const content = await Deno.readFile(path);
  await Deno.mkdir(quarantineDir);
  let refused = 0;
  const flipper = flip(stage, [sidecar, join(sidecar, "removed")]);
  try {
    const end = performance.now() + DURATION_MS;
    for (let round = 0; performance.now() < end; round++) {
      await Deno.writeFile(path, content);
      if (!await maintain(path, round % 2 === 0 ? quarantineDir : null)) refused++;
    }
  } finally {
    flipper.kill("SIGKILL");
    await flipper.status;
  }
  assert(refused > 0, "no link was ever in the way");
  await stage.reset();
  assert(await maintain(path, quarantineDir), "something is still in the way");
});

/** One maintenance run after another; false where something was in the way. */
async function maintain(path: string, quarantineDir: string | null): Promise<boolean> {
  const store = new JsonFilePersistence(path, { retention: { maxRecords: 2 } });
  try {
    await store.recordEvent({ eventType: "T" });
    if (quarantineDir === null) await store.recover({ mode: "repair" });
    else await store.recover({ mode: "quarantine", quarantineDir });
    await store.compact();
    return true;
  } catch (error) {
    assert(error instanceof PapyraError, String(error));
    return false;
  } finally {
    await store.close().catch(() => {});
  }
}

function flip(stage: Stage, directories: readonly string[]): Deno.ChildProcess {
  const args = ["run", "-A", "--quiet", FLIPPER, stage.outside, ...directories];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
}
