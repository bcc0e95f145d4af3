/**
 * Everything below a directory, as it stands there, to be compared with what stands there later.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What stands below `directory`, one line each: whose it is, its inode, mode, times and content. */
export function treeOf(directory: string): string[] {
  const found = [lineOf(directory)];
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name);
    if (lstatSync(path).isDirectory()) found.push(...treeOf(path));
    else found.push(lineOf(path));
  }
  return found;
}

function lineOf(path: string): string {
  const { mode, uid, gid, ino, nlink, mtimeMs } = lstatSync(path);
  return [path, mode.toString(8), uid, gid, ino, nlink, mtimeMs, contentOf(path)].join(" ");
}

function contentOf(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return readlinkSync(path);
  return stat.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
}
