import { Hono } from "hono";
import { assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import type { HttpHandler } from "../../lib/http/handler.ts";
import { createStoreHandlers, type StoreHandlers } from "../../lib/http/store_handlers.ts";

async function statusesOf(fetching: (path: string) => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (
    const path of ["/", "/livez", "/readyz", "/healthz", "/metrics", "/snapshot.json", "/nowhere"]
  ) {
    const response = await fetching(path);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  return statuses;
}

async function withHandlers(body: (handlers: StoreHandlers) => Promise<void>): Promise<void> {
  await using store = new InMemoryPersistence();
  const handlers = createStoreHandlers(store);
  await handlers.check();
  await body(handlers);
}

Deno.test("the handlers mount in Deno.serve", () =>
  withHandlers(async ({ fetch: serve }) => {
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, serve);
    const statuses = await statusesOf((path) =>
      fetch(`http://127.0.0.1:${server.addr.port}${path}`)
    );
    assertEquals(statuses, [200, 200, 200, 200, 200, 200, 404]);
  }));

Deno.test("the handlers mount in Hono, whole and one by one", () =>
  withHandlers(async ({ fetch: serve, livez }) => {
    const app = new Hono();
    app.mount("/papyra", serve as (request: Request) => Promise<Response>);
    app.get("/alive", (context) => (livez satisfies HttpHandler)(context.req.raw));
    const statuses = await statusesOf(async (path) => await app.request(`/papyra${path}`));
    assertEquals(statuses, [200, 200, 200, 200, 200, 200, 404]);
    assertEquals((await app.request("/alive")).status, 200);
  }));
