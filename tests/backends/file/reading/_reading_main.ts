/** A program that scans a store, reads from it and recovers it, so that its memory can be watched. */

import { JsonFilePersistence } from "../../../../lib/backends/file/json_file_persistence.ts";

const store = new JsonFilePersistence(Deno.args[0]!);
const { anomalies } = await store.scan();
await store.listEvents({ limit: 1 });
await store.recover();
await store.close();
const codes = JSON.stringify(anomalies.map(({ code }) => code));
Deno.stdout.writeSync(new TextEncoder().encode(codes));
