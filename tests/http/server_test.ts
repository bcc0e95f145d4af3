import { SERVER_CASES } from "./server_cases.ts";

for (const { name, run } of SERVER_CASES) Deno.test(`the server ${name}`, run);
