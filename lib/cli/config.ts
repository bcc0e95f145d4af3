/**
 * The config file.
 *
 * @module
 */

import { constants, type FileHandle, lstat, open } from "node:fs/promises";
import process from "node:process";
import { messageOf, PapyraError } from "../errors.ts";
import { shortened } from "../model/shortened.ts";
import { explainOsError, isMissingError } from "../storage/os_error.ts";
import { type Config, readConfig } from "./config_schema.ts";

/** The config file that is read where none is named. */
export const CONFIG_FILE = "papyra.json";

const CONFIG_BYTES_MAX = 1024 * 1024;
const REASON_LENGTH_MAX = 200;
const ROOT = 0;
const WRITABLE_BY_ALL = 0o002;

/**
 * Loads the named config file, or `papyra.json` where there is one.
 *
 * Whoever runs a command in some directory need not know what lies there, and a config file can have
 * records removed: one that was not named must be of somebody who could do that anyway.
 *
 * Throws INVALID_CONFIG where it cannot be read or used.
 */
export async function loadConfig(named: string | undefined): Promise<Config> {
  const file = named ?? CONFIG_FILE;
  const text = await readText(file, named !== undefined);
  return text === null ? {} : readConfig(parse(text, file), file);
}

async function readText(file: string, isNamed: boolean): Promise<string | null> {
  try {
    // A pipe is waited for only where somebody asked for it.
    const handle = await open(file, constants.O_RDONLY | (isNamed ? 0 : constants.O_NONBLOCK));
    try {
      if (!isNamed) await assertTrusted(file, handle);
      return new TextDecoder("utf-8", { fatal: true }).decode(await readBytes(handle));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isNamed && isMissingError(error)) return null;
    throw unreadable(file, error);
  }
}

async function assertTrusted(file: string, handle: FileHandle): Promise<void> {
  const opened = await handle.stat();
  if (!opened.isFile()) throw new TypeError("it is not a regular file");
  const unless = `; if you mean it, name it: --config ${file}`;
  for (const { uid } of [opened, await lstat(file)]) {
    if (uid === ROOT || uid === process.geteuid?.()) continue;
    throw new TypeError(`another user (${uid}) put it here${unless}`);
  }
  if (opened.mode & WRITABLE_BY_ALL) throw new TypeError(`everybody may write to it${unless}`);
}

async function readBytes(handle: FileHandle): Promise<Uint8Array> {
  const buffer = new Uint8Array(CONFIG_BYTES_MAX + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (length > CONFIG_BYTES_MAX) {
      throw new TypeError(`it is larger than ${CONFIG_BYTES_MAX} bytes`);
    }
    if (bytesRead === 0) return buffer.subarray(0, length);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, new TypeError(shortened(messageOf(error), REASON_LENGTH_MAX)));
  }
}

function unreadable(file: string, cause: unknown): PapyraError {
  return new PapyraError(
    "INVALID_CONFIG",
    `Cannot read config file ${file}: ${explainOsError(cause)}`,
    { cause, file },
  );
}
