import { conformanceCases } from "../../lib/testing/conformance.ts";
import { serversOfFile, withTls } from "./servers.ts";
import { redisSetup } from "./_stores.ts";

const servers = serversOfFile(withTls);
const cases = conformanceCases(redisSetup(servers));

for (const { name, run } of cases) Deno.test(`redis tls: ${name}`, run);
