/** A copy of the project in which the code can be broken. */

import { join } from "node:path";
import type { Edit } from "./mutation.ts";

const ROOT = join(import.meta.dirname!, "../..");
const COPIED = ["lib", "tests", "docs", "scripts", "cli.ts", "mod.ts"];
const SETTINGS = ["deno.json", "deno.lock", "README.md", "CHANGELOG.md"];

/** The text of a file of the project. */
export function readOriginal(file: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, file));
}

/** Copies into an empty directory all that tests need. */
export async function copyProject(directory: string): Promise<void> {
  for (const path of [...COPIED, ...SETTINGS]) {
    await copy(join(ROOT, path), join(directory, path));
  }
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** The texts of all files that edits change, as they are afterwards. Throws where an edit does not fit. */
export async function editedTexts(edits: readonly Edit[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const text = texts.get(file) ?? await readOriginal(file);
    const pieces = text.split(from);
    if (pieces.length !== 2) {
      throw new Error(`"${from}" stands ${pieces.length - 1} times in ${file}, not once`);
    }
    texts.set(file, pieces.join(to));
  }
  return texts;
}

/** Breaks a copy, runs `body`, and mends it again. */
export async function whileBroken<T>(
  directory: string,
  edits: readonly Edit[],
  body: () => Promise<T>,
): Promise<T> {
  const texts = await editedTexts(edits);
  for (const [file, text] of texts) await Deno.writeTextFile(join(directory, file), text);
  try {
    return await body();
  } finally {
    for (const file of texts.keys()) await Deno.copyFile(join(ROOT, file), join(directory, file));
  }
}
