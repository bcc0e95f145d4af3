/**
 * Follows the links of a path once, and only those that may be trusted.
 *
 * Whoever may write to a directory can put a link there that leads to a file of somebody else, and wait
 * for root to mend "the store" behind it. So a link is followed if it is root's or this user's own, or
 * if what it leads to belongs to whoever made it: the rule of Apache's SymLinksIfOwnerMatch.
 *
 * @module
 */

import * as fs from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";
import process from "node:process";
import { PapyraError } from "../../errors.ts";
import { isTrusted } from "./_native_ownership.ts";
import { diskError } from "./_native_place.ts";

const LINKS_MAX = 40;

/** The absolute path without links. Throws ENOENT where there is nothing, NOT_A_STORE for a link of a stranger. */
export async function resolveLinks(path: string): Promise<string> {
  if (process.platform === "win32") return await fs.promises.realpath(path);
  const resolved = followFrom(path);
  // macOS knows a name also in other letters than its own; a store must have one sidecar.
  return process.platform === "darwin" ? await fs.promises.realpath(resolved) : resolved;
}

function followFrom(path: string): string {
  try {
    return follow(resolve(path));
  } catch (error) {
    // Where a link leads to nothing, it is the link that somebody has to do something about.
    throw error instanceof PapyraError ? error : Object.assign(error as Error, { path });
  }
}

function follow(path: string): string {
  const parts = partsOf(path);
  let resolved: string = sep;
  let links = 0;
  for (let name = parts.shift(); name !== undefined; name = parts.shift()) {
    const next = join(resolved, name);
    const stat = fs.lstatSync(next);
    if (!stat.isSymbolicLink()) {
      resolved = next;
      continue;
    }
    if (++links > LINKS_MAX) throw diskError("ELOOP", "links that lead to each other", next);
    assertTrusted(next, stat);
    const target = fs.readlinkSync(next);
    parts.unshift(...partsOf(target));
    if (isAbsolute(target)) resolved = sep;
  }
  return resolved;
}

function assertTrusted(link: string, { uid }: fs.Stats): void {
  if (isTrusted(uid) || fs.statSync(link).uid === uid) return;
  throw new PapyraError(
    "NOT_A_STORE",
    `Cannot follow "${link}": another user (${uid}) made this link, and it leads to what is not theirs; name "${
      fs.readlinkSync(link)
    }" itself`,
    { file: link },
  );
}

function partsOf(path: string): string[] {
  return path.split(sep).filter((part) => part !== "");
}
