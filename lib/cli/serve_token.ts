/**
 * The token of `papyra serve`.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { isLoopback, type ListenAddress } from "../http/listen_address.ts";
import { nativeFileSystem } from "../storage/native/native_file_system.ts";
import { explainOsError } from "../storage/os_error.ts";
import { readWhole } from "../storage/whole_file.ts";
import type { Terminal } from "./terminal.ts";
import { usageError } from "./usage_error.ts";

/** What the token comes from. */
export interface TokenFlags {
  readonly listen: ListenAddress;
  readonly tokenFile?: string | undefined;
}

const TOKEN_LENGTH_MIN = 16;
const TOKEN_BYTES_MAX = 4096;
// What a header can carry as one word.
const TOKEN = /^[\x21-\x7e]+$/;

/** The token that clients must send; null where none was given and none is needed. */
export async function serveTokenOf(
  { listen, tokenFile }: TokenFlags,
  env: Terminal["env"],
): Promise<string | null> {
  const token = tokenFile === undefined ? env["PAPYRA_TOKEN"] : await readToken(tokenFile);
  if (token === undefined || (token === "" && tokenFile === undefined)) {
    if (isLoopback(listen.host)) return null;
    throw usageError(
      `Cannot listen on ${listen.host} for everybody: give --token-file FILE, or set PAPYRA_TOKEN`,
    );
  }
  if (token.length >= TOKEN_LENGTH_MIN && TOKEN.test(token)) return token;
  throw usageError(
    `Cannot use the token: it must have ${TOKEN_LENGTH_MIN} or more characters, without spaces, ` +
      "such as openssl rand -hex 32 makes",
  );
}

async function readToken(file: string): Promise<string> {
  try {
    const path = await nativeFileSystem.realPath(file);
    return (await readWhole(nativeFileSystem, path, TOKEN_BYTES_MAX) ?? "").trim();
  } catch (cause) {
    if (cause instanceof PapyraError) throw cause;
    throw new PapyraError("IO_ERROR", `Cannot read the token: ${explainOsError(cause)}`, {
      cause,
      file,
    });
  }
}
