import { conformanceCases } from "../../lib/testing/conformance.ts";
import { serversOfFile, withCluster } from "./servers.ts";
import { redisSetup } from "./_stores.ts";

const servers = serversOfFile(withCluster);
const cases = conformanceCases(redisSetup(servers));

for (const { name, run } of cases) Deno.test(`redis cluster: ${name}`, run);
