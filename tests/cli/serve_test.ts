import { join } from "node:path";
import { pollUntil } from "../../lib/storage/polling.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { get, Serving } from "./_server.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

const TOKEN = "correct-horse-battery-staple";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  cliTest(`serve shows a store until ${signal}, and changes no byte of it`, async (directory) => {
    const path = await storeOf(directory, events(3));
    const before = await Deno.readFile(path);
    await using server = new Serving(["--path", path, "--json"]);
    const url = await server.url();
    await server.untilTold(/Persistence is healthy/);
    for (const place of ["/", "/livez", "/readyz", "/healthz", "/metrics", "/snapshot.json"]) {
      assertEquals((await get(`${url}${place}`)).status, 200, place);
    }
    assertEquals((await get(`${url}/nowhere`)).status, 404);
    const { code, stdout } = await server.stop(signal);
    assertEquals(code, 0);
    const { schema, host, port, url: shown } = JSON.parse(stdout);
    assertEquals([schema, `http://${host}:${port}/`], ["papyra.serve/v1", shown]);
    assertEquals(await Deno.readFile(path), before);
  });
}

cliTest("serve scans again and again, and /readyz follows", async (directory) => {
  const path = await storeOf(directory, events(3));
  await using server = new Serving(["--path", path, "--scan-every", "1s"]);
  const url = await server.url();
  await server.untilTold(/Persistence is healthy/);
  await Deno.writeTextFile(path, "{\n", { append: true });
  await server.untilTold(/Found 1 persistence anomalies/);
  const { status, body } = await get(`${url}/readyz`);
  assertEquals([status, JSON.parse(body).reason], [503, "anomalies"]);
  assertEquals(JSON.parse(body).max_age_seconds, 3);
  assertEquals((await get(`${url}/livez`)).status, 200);
});

cliTest("a verdict that is too old makes /readyz 503", async (directory) => {
  const path = await storeOf(directory, events(3));
  await using server = new Serving(["--path", path, "--ready-max-age", "1s"]);
  const url = await server.url();
  await server.untilTold(/Persistence is healthy/);
  const isReady = async () => (await get(`${url}/readyz`)).status === 200;
  await pollUntil(async () => !await isReady());
  assertEquals(JSON.parse((await get(`${url}/readyz`)).body).reason, "too_old");
  await get(`${url}/healthz`);
  assertEquals((await get(`${url}/readyz`)).status, 200);
});

cliTest("serve shows a damaged store, and one that is not there", async (directory) => {
  await using server = new Serving(["--path", await damagedStore(directory)]);
  const { status, body } = await get(`${await server.url()}/healthz`);
  assertEquals([status, JSON.parse(body).anomalies[0].type], [503, "CHECKSUM_MISMATCH"]);
  await using other = new Serving(["--path", join(directory, "none.ndjson")]);
  assertEquals((await get(`${await other.url()}/healthz`)).status, 200);
  assertEquals(other.told.some((line) => /there is no store/.test(line)), true);
});

for (const given of ["environment", "file"] as const) {
  cliTest(`a token from the ${given} keeps others out`, async (directory) => {
    const path = await storeOf(directory, events(3));
    const file = join(directory, "token");
    await Deno.writeTextFile(file, `${TOKEN}\n`);
    const [args, env] = given === "file"
      ? [["--token-file", file], { PAPYRA_TOKEN: "another-token-than-that-one" }]
      : [[], { PAPYRA_TOKEN: TOKEN }];
    await using server = new Serving(["--path", path, "--listen", "0.0.0.0:0", ...args], { env });
    const url = (await server.url()).replace("0.0.0.0", "127.0.0.1");
    const refused = await get(`${url}/metrics`);
    assertEquals(refused.status, 401);
    assertMatch(refused.headers.get("www-authenticate")!, /Bearer/);
    assertEquals((await get(`${url}/metrics`, { authorization: "Bearer x" })).status, 401);
    assertEquals((await get(`${url}/metrics`, { authorization: `Bearer ${TOKEN}` })).status, 200);
    assertEquals((await get(`${url}/livez`)).body, "ok\n");
    assertEquals(server.told.join().includes(TOKEN), false);
  });
}

/** Command lines that cannot be: what is added, exit code, what is said. */
const REFUSED: readonly (readonly [args: string, code: number, says: RegExp])[] = [
  ["--listen 0.0.0.0:0", 64, /give --token-file FILE, or set PAPYRA_TOKEN/],
  ["--listen :0", 64, /give --token-file/],
  ["--listen localhost.evil.example:0", 64, /give --token-file/],
  ["--listen 9464", 64, /write HOST:PORT/],
  ["--listen 127.0.0.1:0 --token-file short", 64, /16 or more characters/],
  ["--listen 127.0.0.1:0 --token-file empty", 64, /16 or more characters/],
  ["--listen 127.0.0.1:0 --token-file missing", 74, /Cannot read the token: .*missing/],
  ["--scan-every 0s", 64, /from 1s up/],
  ["--ready-max-age 1x", 64, /1x/],
];

for (const [args, expected, says] of REFUSED) {
  cliTest(`serve ${args} is refused`, async (directory) => {
    await Deno.writeTextFile(join(directory, "short"), "short\n");
    await Deno.writeTextFile(join(directory, "empty"), "");
    const all = ["serve", "--path", "events.ndjson", ...args.split(" ")];
    const { code, stdout, stderr } = await papyra(all, { cwd: directory });
    assertEquals({ code, stdout }, { code: expected, stdout: "" });
    assertMatch(stderr, says);
  });
}

cliTest("a port that is taken is a plain error", async (directory) => {
  const path = await storeOf(directory, events(3));
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listen = `127.0.0.1:${(taken.addr as Deno.NetAddr).port}`;
  const { code, stdout, stderr } = await papyra(["serve", "--path", path, "--listen", listen]);
  assertEquals({ code, stdout }, { code: 74, stdout: "" });
  assertStringIncludes(
    stderr,
    `papyra: Cannot listen on ${listen}: something listens there already`,
  );
  assertEquals(stderr.split("\n").length, 2);
});

cliTest("a client that stays silent does not keep serve from stopping", async (directory) => {
  const path = await storeOf(directory, events(3));
  await using server = new Serving(["--path", path]);
  const { port } = new URL(await server.url());
  using silent = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  await silent.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\n"));
  const start = performance.now();
  assertEquals((await server.stop()).code, 0);
  assertEquals(performance.now() - start < 8000, true);
});
