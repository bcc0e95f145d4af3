/**
 * The config file.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { PapyraError } from "../errors.ts";
import { explainOsError, isMissingError } from "../storage/os_error.ts";
import { type Config, readConfig } from "./config_schema.ts";

/** The config file that is read where none is named. */
export const CONFIG_FILE = "papyra.json";

/**
 * Loads the named config file, or `papyra.json` where there is one.
 *
 * Throws INVALID_CONFIG where it cannot be read or used.
 */
export async function loadConfig(named: string | undefined): Promise<Config> {
  const file = named ?? CONFIG_FILE;
  const text = await readText(file, named !== undefined);
  return text === null ? {} : readConfig(parse(text, file), file);
}

async function readText(file: string, mustExist: boolean): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (!mustExist && isMissingError(error)) return null;
    throw unreadable(file, error);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): PapyraError {
  return new PapyraError(
    "INVALID_CONFIG",
    `Cannot read config file ${file}: ${explainOsError(cause)}`,
    { cause, file },
  );
}
