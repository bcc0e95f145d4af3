import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { Collector } from "../_collector.ts";
import { metricsOf, spansOf } from "../_otlp.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

cliTest("--otlp sends what the run came to, and the store's metrics", async (directory) => {
  await using collector = new Collector();
  const path = await damagedStore(directory);
  const args = ["persistence", "scan", "--path", path, "--store-label", "orders"];
  const { code, stderr } = await papyra([...args, "--otlp", `${collector.url}/`]);
  assertEquals([code, stderr], [2, ""]);
  const [span] = spansOf(collector.requests);
  assertEquals([span!.name, span!.status, span!.attributes], ["papyra persistence scan", 2, {
    "papyra.command": "persistence scan",
    "papyra.exit_code": 2,
    "papyra.anomalies": 1,
  }]);
  const metrics = new Map(metricsOf(collector.requests).map((metric) => [metric.name, metric]));
  const scans = metrics.get("papyra.scans")!;
  assertEquals([scans.type, scans.isMonotonic, scans.points[0]!.value], ["sum", true, 1]);
  const found = metrics.get("papyra.command_anomalies")!.points[0]!;
  assertEquals([found.value, found.attributes["papyra.store"]], [1, "orders"]);
  assertEquals(metrics.get("papyra.scan_duration")!.points[0]!.value, 1);
  const counted = JSON.parse(await papyraOk(["metrics", "persistence", "--path", path, "--json"]));
  const bytes = metrics.get("papyra.store")!;
  assertEquals([bytes.unit, bytes.points[0]!.value], ["By", counted.gauges.bytes]);
  const text = collector.requests.map(({ body }) => new TextDecoder().decode(body)).join();
  assert(!text.includes(directory), "tells where the store is");
});

/** Maintenance commands. */
const COMMANDS = [
  "persistence recover --path a",
  "persistence compact --path a",
  "persistence startup-check --path a",
  "metrics persistence --path a",
  "metrics export --path a",
  "copy --from a --to b",
];

cliTest("every command of maintenance takes --otlp", async (directory) => {
  await using collector = new Collector();
  await storeOf(directory, events(3), "a");
  const env = { OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b", OTEL_SERVICE_NAME: "shop" };
  for (const command of COMMANDS) {
    const args = [...command.split(" "), "--otlp", collector.url];
    const { code, stderr } = await papyra(args, { cwd: directory, env });
    assertEquals([code, stderr.replace(/^papyra: no retention.*\n/, "")], [0, ""], command);
  }
  const names = COMMANDS.map((command) => `papyra ${command.replace(/ --.*/, "")}`);
  assertEquals(spansOf(collector.requests).map(({ name }) => name), names);
  assertEquals(
    metricsOf(collector.requests).filter(({ name }) => name === "papyra.scans").length,
    6,
  );
  assert(collector.requests.every(({ headers }) => headers.get("x-key") === "a b"));
});

/** Collectors that something is wrong with, and what is said of them. */
const ANSWERS: readonly (readonly [says: RegExp, answer: () => Response])[] = [
  [/it answered 400$/, () => new Response("no\u001b[31m", { status: 400 })],
  [/it answered 307$/, () => new Response("", { status: 307, headers: { location: "/else" } })],
  [/its answer is none of OTLP$/, () => new Response("<html>")],
  [/its answer is none of OTLP$/, () => new Response("x".repeat(100_000))],
  [/it rejected 3 of/, () => Response.json({ partialSuccess: { rejectedDataPoints: "3" } })],
  [/it did not answer in time$/, () => new Response(new ReadableStream())],
];

cliTest(
  "a collector that answers what it should not is one line, and no failure",
  async (directory) => {
    const path = await storeOf(directory, events(3));
    for (const [says, answer] of ANSWERS) {
      await using collector = new Collector(answer);
      const url = collector.url.replace("//", "//user:pass-word@");
      const { code, stderr } = await papyra(["persistence", "scan", "--path", path, "--otlp", url]);
      assertEquals(code, 0);
      assertMatch(stderr.trimEnd(), says);
      assertMatch(stderr, /^papyra: Cannot send metrics to the collector at http:\/\/127.*\n$/);
      assert(!stderr.includes("pass-word"), stderr);
      const basic = `Basic ${btoa("user:pass-word")}`;
      assert(collector.requests.every(({ headers }) => headers.get("authorization") === basic));
      assert(collector.requests.every(({ path }) => path !== "/else"), "follows a redirect");
    }
  },
);

cliTest(
  "a collector that is down or silent delays no command beyond two seconds",
  async (directory) => {
    const path = await storeOf(directory, events(3));
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const took = async (args: readonly string[], env: Record<string, string> = {}) => {
      const began = performance.now();
      const result = await papyra(["persistence", "scan", "--path", path, "--json", ...args], {
        env,
      });
      return { ...result, seconds: (performance.now() - began) / 1000 };
    };
    const alone = await took([]);
    const cases = [["127.0.0.1:1", "it cannot be reached"], [
      `127.0.0.1:${silent.addr.port}`,
      "it did not answer in time",
    ]];
    for (const [host, says] of cases) {
      const env = { OTEL_EXPORTER_OTLP_HEADERS: "api-key=hidden-key" };
      const url = `http://u:pass-word@${host}/hidden-path`;
      const { code, stdout, stderr, seconds } = await took(["--otlp", url], env);
      assertEquals([code, JSON.parse(stdout).healthy], [0, true]);
      assert(stderr.includes(says!) && stderr.trimEnd().split("\n").length === 1, stderr);
      assert(!/hidden|pass-word/.test(stderr), stderr);
      // The command itself takes longer now and then, on a busy machine.
      assert(seconds < alone.seconds + 2 + 5, `${seconds} s, and ${alone.seconds} s without`);
    }
  },
);

cliTest("a URL that is none is refused without being told", async () => {
  for (const url of ["collector:pass-word@4318", "ftp://u:pass-word@h", "http://pass-word@:x"]) {
    const { code, stderr } = await papyra(["persistence", "scan", "--path", "a", "--otlp", url]);
    assertEquals(code, 64);
    assertMatch(stderr, /^papyra: Cannot use the URL of the collector: .*--otlp/);
    assert(!stderr.includes("pass-word"), stderr);
  }
});

cliTest(
  "a run that fails sends that, also where there is no store to measure",
  async (directory) => {
    await using collector = new Collector();
    const args = ["persistence", "scan", "--path", join(directory, "none"), "--require-store"];
    const { code, stderr } = await papyra([...args, "--otlp", collector.url]);
    assertEquals([code, stderr.split("\n").length], [10, 2]);
    assertEquals(spansOf(collector.requests)[0]!.attributes["papyra.exit_code"], 10);
    assertEquals([...Deno.readDirSync(directory)], []);
  },
);
