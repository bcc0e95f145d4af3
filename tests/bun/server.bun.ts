import { test } from "node:test";
import { SERVER_CASES } from "../http/server_cases.ts";

for (const { name, run } of SERVER_CASES) test(`the server ${name}`, run);
