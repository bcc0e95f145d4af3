import { assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { ask } from "./_asking.ts";

/** A store of which nothing may be asked. */
function untouchable(): InMemoryPersistence {
  return new Proxy(new InMemoryPersistence(), {
    get: (_store, name) => {
      throw new Error(`${String(name)} was asked for`);
    },
  });
}

Deno.test("/livez answers 200 without a look at the store", async () => {
  const { status, text } = await ask(createStoreHandlers(untouchable()).fetch, "/livez");
  assertEquals({ status, text }, { status: 200, text: "ok\n" });
});

Deno.test("/readyz does not look at the store either", async () => {
  const { status } = await ask(createStoreHandlers(untouchable()).fetch, "/readyz");
  assertEquals(status, 503);
});
