/**
 * The contract of backends that lie on servers.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { ServerDurability, ServerReport } from "../model/server_report.ts";
import type { CallOptions, PersistenceBackend } from "./backend.ts";

/** What is asked of servers. */
export interface CheckServerOptions extends CallOptions {
  /** What an acknowledgement is to be worth. @default {"interval"} */
  readonly asked?: ServerDurability;
}

/** A backend whose servers can be asked what they do with records. */
export interface ServerBackend extends PersistenceBackend {
  /** Asks the servers, and changes nothing. Throws UNREACHABLE. */
  checkServer(options?: CheckServerOptions): Promise<ServerReport>;
}

/** The store as one on a server. Throws UNSUPPORTED where it is on none. */
export function asServerBackend(store: PersistenceBackend): ServerBackend {
  if ("checkServer" in store) return store as ServerBackend;
  const message = `Cannot ask a server about ${store.location}: ${store.name} has none, ` +
    "name a store on Redis";
  throw new PapyraError("UNSUPPORTED", message);
}
