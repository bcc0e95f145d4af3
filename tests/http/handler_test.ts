import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { ask } from "./_asking.ts";

const PATHS = ["/", "/livez", "/readyz", "/healthz", "/metrics", "/snapshot.json"];

for (const path of PATHS) {
  Deno.test(`${path} answers HEAD as GET without the body, refuses others, and is kept by nobody`, async () => {
    await using store = new InMemoryPersistence();
    const { fetch, check } = createStoreHandlers(store);
    await check();
    const get = await ask(fetch, path);
    const head = await ask(fetch, path, { method: "HEAD" });
    assertEquals([get.status, head.status, head.text], [200, 200, ""]);
    assert(get.text !== "");
    assertEquals(head.headers.get("content-type"), get.headers.get("content-type"));
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const { status, headers } = await ask(fetch, path, { method });
      assertEquals([status, headers.get("allow")], [405, "GET, HEAD"]);
      assertEquals(headers.get("cache-control"), "no-store");
    }
    assertEquals(get.headers.get("cache-control"), "no-store");
    assertEquals(get.headers.get("x-content-type-options"), "nosniff");
    assertStringIncludes(get.headers.get("content-security-policy")!, "default-src 'none'");
  });
}

for (
  const path of ["/livez/", "//livez", "/LIVEZ", "/..%2flivez", "/__proto__", "/<script>x"]
) {
  Deno.test(`${path} is a 404 that repeats nothing`, async () => {
    await using store = new InMemoryPersistence();
    const { status, headers, text } = await ask(createStoreHandlers(store).fetch, path);
    assertEquals([status, headers.get("content-type")], [404, "application/problem+json"]);
    assertEquals(JSON.parse(text)["title"], "Not Found");
    assertEquals(/script|proto|%2f/.test(text), false);
  });
}

Deno.test("a base path is all that the handlers answer below", async () => {
  await using store = new InMemoryPersistence();
  const { fetch } = createStoreHandlers(store, { basePath: "/papyra/" });
  for (const path of ["/papyra/livez", "/papyra/", "/papyra"]) {
    assertEquals((await ask(fetch, path)).status, 200, path);
  }
  for (const path of ["/livez", "/papyralivez", "/", "/x/papyra/livez"]) {
    assertEquals((await ask(fetch, path)).status, 404, path);
  }
});
