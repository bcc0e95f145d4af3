/**
 * The one place that names the client library. It is loaded when the first connection is made.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Client, ClientOptions } from "./_redis_client.d.ts";
import type { ErrorAnswer } from "./command.ts";

export type { Client } from "./_redis_client.d.ts";

/** What the library offers. */
export interface ClientLibrary {
  /** Makes a client that is not connected yet. */
  createClient(options: ClientOptions): Client;
  /** Whether a server answered with this, in contrast to what a connection fails with. */
  isErrorAnswer(error: unknown): error is ErrorAnswer;
  /** Asks for texts as bytes. */
  readonly asBytes: { readonly typeMapping: { readonly [type: number]: unknown } };
}

let library: Promise<ClientLibrary> | undefined;

/** Loads the library. */
export function loadClient(): Promise<ClientLibrary> {
  library ??= load();
  return library;
}

async function load(): Promise<ClientLibrary> {
  const { createClient, ErrorReply, RESP_TYPES } = await import("./_client_library.ts");
  return {
    createClient,
    isErrorAnswer: (error): error is ErrorAnswer => error instanceof ErrorReply,
    asBytes: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  };
}
