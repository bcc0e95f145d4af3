import { conformanceCases } from "../../lib/testing/conformance.ts";
import { serversOfFile, withSentinel } from "./servers.ts";
import { redisSetup } from "./_stores.ts";

const servers = serversOfFile(withSentinel);
const cases = conformanceCases(redisSetup(servers));

for (const { name, run } of cases) Deno.test(`redis sentinel: ${name}`, run);
