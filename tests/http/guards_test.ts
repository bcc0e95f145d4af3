import { assertEquals, assertMatch, assertThrows } from "../_assert.ts";
import { handlerOf, type HttpHandler } from "../../lib/http/handler.ts";
import { withLoopbackHost } from "../../lib/http/host_guard.ts";
import { formatAddress, isLoopback, parseListenAddress } from "../../lib/http/listen_address.ts";
import { withToken } from "../../lib/http/token_guard.ts";
import { ask } from "./_asking.ts";

const TOKEN = "correct-horse-battery-staple";
const secret = handlerOf(() =>
  new Response("secret", { status: 503, headers: { "x-secret": "1" } })
);
const guarded = withToken(secret, TOKEN);

async function statusWith(
  handler: HttpHandler,
  headers: Record<string, string>,
  path = "/metrics",
): Promise<number> {
  return (await ask(handler, path, { headers })).status;
}

Deno.test("with the token, as Bearer or as the password of Basic, the answer comes", async () => {
  for (
    const authorization of [
      `Bearer ${TOKEN}`,
      `bearer  ${TOKEN} `,
      `Basic ${btoa(`anybody:${TOKEN}`)}`,
      `BASIC ${btoa(`:${TOKEN}`)}`,
    ]
  ) {
    assertEquals(await statusWith(guarded, { authorization }), 503, authorization);
  }
});

Deno.test("without the token, or with another, there is a challenge and nothing else", async () => {
  for (
    const authorization of [
      "",
      "Bearer",
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN} ${TOKEN}`,
      `Basic ${TOKEN}`,
      `Basic ${btoa(TOKEN)}`,
      `Digest ${TOKEN}`,
      `Bearer ${"x".repeat(10_000)}`,
    ]
  ) {
    const { status, headers, text } = await ask(guarded, "/metrics", {
      headers: { authorization },
    });
    assertEquals([status, headers.get("x-secret")], [401, null], authorization);
    assertMatch(headers.get("www-authenticate")!, /^Basic realm="papyra".*Bearer realm="papyra"$/);
    assertEquals([text.includes("secret"), text.includes("horse")], [false, false]);
  }
  assertEquals((await ask(guarded, "/metrics")).status, 401);
  assertEquals((await ask(guarded, "/metrics", { method: "POST" })).status, 405);
});

Deno.test("probes without a token learn the status and no more", async () => {
  for (const path of ["/livez", "/readyz"]) {
    const { status, headers, text } = await ask(guarded, path);
    assertEquals([status, headers.get("x-secret"), text], [503, null, "not ok\n"]);
    assertEquals(await statusWith(guarded, { authorization: "Bearer wrong" }, path), 401);
  }
});

Deno.test("without a token only this machine's own names are answered", async () => {
  const handler = withLoopbackHost(secret);
  for (const host of ["localhost", "LOCALHOST:9464", "127.0.0.1:1", "127.8.8.8", "[::1]:9464"]) {
    assertEquals(await statusWith(handler, { host }), 503, host);
  }
  for (
    const host of [
      "evil.example",
      "evil.example:9464",
      "localhost.evil.example",
      "",
      "[::2]",
      "127.0.0.1.evil.example",
      "10.0.0.1:9464",
      "[::1]evil",
      "[127.0.0.1",
    ]
  ) {
    assertEquals(await statusWith(handler, { host }), 421, host);
  }
  assertEquals((await ask(handler)).status, 503);
});

Deno.test("parseListenAddress() reads what formatAddress() writes, and refuses the rest", () => {
  for (const text of ["127.0.0.1:9464", "[::1]:0", "localhost:65535", "0.0.0.0:80"]) {
    assertEquals(formatAddress(parseListenAddress(text)), text);
  }
  assertEquals(parseListenAddress(":9464"), { host: "::", port: 9464 });
  for (
    const text of [
      "",
      "9464",
      "127.0.0.1",
      "localhost:",
      "localhost:65536",
      "::1:9464",
      "a b:1",
      "localhost:-1",
      "localhost:1e3",
      "http://localhost:1",
      "[::1]",
    ]
  ) {
    assertThrows(() => parseListenAddress(text), Error, "Cannot listen");
  }
});

Deno.test("isLoopback() takes nothing for loopback that may not be", () => {
  for (
    const host of ["::", "0.0.0.0", "127.1", "0x7f.0.0.1", "::ffff:127.0.0.1", "localhost.", ""]
  ) {
    assertEquals(isLoopback(host), false, host);
  }
});
