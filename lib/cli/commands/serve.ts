/**
 * `papyra serve`.
 *
 * @module
 */

import { parseListenAddress } from "../../http/listen_address.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { SERVING_EXITS } from "../exits.ts";
import { openStoreOf } from "../open_store.ts";
import { defaulted, optional } from "../option.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { serveTokenOf } from "../serve_token.ts";
import { asAgeFromOne, asText } from "../value_readers.ts";

/** Showing a store over HTTP. */
export const serve = defineCommand({
  name: "serve",
  summary: "Show a store over HTTP, read-only: a page, health, readiness and metrics",
  options: {
    ...STORE_OPTIONS,
    listen: defaulted(
      {
        placeholder: "HOST:PORT",
        summary: "Where; port 0 picks one, other than loopback needs a token",
      },
      parseListenAddress,
      "127.0.0.1:9464",
    ),
    scanEvery: defaulted(
      { placeholder: "DURATION", summary: "How often to scan the store, from the start on" },
      asAgeFromOne,
      "1h",
    ),
    readyMaxAge: optional(
      {
        placeholder: "AGE",
        summary: "/readyz answers 503 from this age of the last scan on; 3 times --scan-every",
      },
      asAgeFromOne,
    ),
    tokenFile: optional(
      { placeholder: "FILE", summary: "The token that clients must send; else PAPYRA_TOKEN" },
      asText,
    ),
  },
  exits: {
    ...SERVING_EXITS,
    [EXIT.OK]: "stopped by a signal, with every request under way answered",
    [EXIT.IO]: "it cannot listen there, or the store cannot be opened",
  },
  examples: [
    "papyra serve --path events.ndjson",
    "papyra serve --path events.ndjson --listen 127.0.0.1:0 --scan-every 10m",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const token = await serveTokenOf(options, session.terminal.env);
    await using store = await openStoreOf(options, session);
    const { serveStore } = await import("../serving.ts");
    const { listen: address, scanEvery, readyMaxAge = 3 * scanEvery } = options;
    await serveStore(store, session, {
      address,
      token,
      scanEverySeconds: scanEvery,
      readyMaxAgeSeconds: readyMaxAge,
    });
    return EXIT.OK;
  },
});
