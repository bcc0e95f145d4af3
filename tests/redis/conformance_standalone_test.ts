import { conformanceCases } from "../../lib/testing/conformance.ts";
import { serversOfFile, standalone } from "./servers.ts";
import { redisSetup } from "./_stores.ts";

const servers = serversOfFile(standalone());
const cases = conformanceCases(redisSetup(servers));

for (const { name, run } of cases) Deno.test(`redis standalone: ${name}`, run);
