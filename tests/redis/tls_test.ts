import { dirname, join } from "node:path";
import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { eventOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { codeOf } from "./_stores.ts";
import { serversOfFile, withTls } from "./servers.ts";

const servers = serversOfFile(withTls);

async function tell(url: string): Promise<{ code: string; message: string }> {
  await using store = new RedisStreamsPersistence(url);
  return await store.recordEvent(eventOf(1)).then(
    () => ({ code: "written", message: "" }),
    (error) => error,
  );
}

Deno.test("a certificate of an unknown authority is refused", async () => {
  const { url } = servers.current;
  const { code, message } = await tell(url);
  assertEquals(code, "NOT_WRITTEN");
  assert(/certificate|issuer/i.test(message), message);
  await using store = new RedisStreamsPersistence(url);
  assertEquals(await codeOf(store.describe()), "UNREACHABLE");
});

Deno.test("the name that a certificate must have can be given, and another one is refused", async () => {
  const { url, query } = servers.current;
  assertEquals((await tell(`${url}?${query}&server_name=redis.test`)).code, "written");
  const { code, message } = await tell(`${url}?${query}&server_name=elsewhere.test`);
  assertEquals(code, "NOT_WRITTEN");
  assert(/certificate|name/i.test(message), message);
});

Deno.test("certificates can be given as text, and a client's certificate is shown", async () => {
  const { url, query, certificates, processes: [server] } = servers.current;
  const [ca, cert, key] = await Promise.all(
    [certificates!.ca, certificates!.client, certificates!.clientKey].map((path) =>
      Deno.readTextFile(path)
    ),
  );
  await server!.command("CONFIG", "SET", "tls-auth-clients", "yes");
  try {
    await using store = new RedisStreamsPersistence(url, {
      tls: { ca: ca!, cert: cert!, key: key! },
    });
    await store.recordEvent(eventOf(1));
    assertEquals((await tell(`${url}?${query}`)).code, "NOT_WRITTEN");
    const files = `cert=${certificates!.client}&key=${certificates!.clientKey}`;
    assertEquals((await tell(`${url}?${query}&${files}`)).code, "written");
  } finally {
    const cli = new Deno.Command("redis-cli", {
      args: [
        ...["-p", `${server!.port}`, "--tls", "--cacert", certificates!.ca],
        ...["--cert", certificates!.client, "--key", certificates!.clientKey],
        ...["CONFIG", "SET", "tls-auth-clients", "optional"],
      ],
    });
    assert((await cli.output()).success);
  }
});

Deno.test("an expired certificate is refused", async () => {
  const { url, query, certificates, processes: [server] } = servers.current;
  await server!.command("CONFIG", "SET", "tls-cert-file", certificates!.expired);
  const { code, message } = await tell(`${url}?${query}`);
  const restoring = new Deno.Command("redis-cli", {
    args: [
      ...["-p", `${server!.port}`, "--tls", "--insecure"],
      ...["CONFIG", "SET", "tls-cert-file", certificates!.server],
    ],
  });
  assert((await restoring.output()).success);
  assertEquals(code, "NOT_WRITTEN");
  assertStringIncludes(message.toLowerCase(), "expired");
});

Deno.test("a certificate file that is not there is told by its path", async () => {
  const { url, certificates } = servers.current;
  const missing = join(dirname(certificates!.ca), "missing.pem");
  await using store = new RedisStreamsPersistence(`${url}?ca=${missing}`);
  const error = await store.describe().catch((thrown) => thrown);
  assertEquals(error.code, "INVALID_ARGUMENT");
  assertStringIncludes(error.message, missing);
});
