/**
 * A process that puts links in the place of directories and takes them away again, as fast as it can,
 * until it is killed. Its arguments: where the links lead, then the directories.
 *
 * @module
 */

import { renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";

const [target, ...directories] = Deno.args as [string, ...string[]];

for (let round = 0;; round++) {
  const directory = directories[round % directories.length]!;
  const away = `${directory}.away`;
  // Whatever is not there at this moment, or was made anew meanwhile, is taken at the next one.
  attempt(() => {
    renameSync(directory, away);
    symlinkSync(target, directory);
    unlinkSync(directory);
  });
  attempt(() => renameSync(away, directory));
  rmSync(away, { recursive: true, force: true });
}

function attempt(body: () => void): void {
  try {
    body();
  } catch {
    // The next round may have more luck.
  }
}
