import process from "node:process";
import { strictEqual } from "node:assert";
import { test } from "node:test";

const built = process.env.PAPYRA_PACKAGE;
const { createStoreHandlers, InMemoryPersistence }: typeof import("../../mod.ts") = await import(
  built ? `${built}/mod.js` : "../../mod.ts"
);

/** What is used of Bun here. */
interface BunServer {
  readonly port: number;
  stop(): Promise<void>;
}

declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    routes?: Record<string, (request: Request) => Promise<Response>>;
    fetch: (request: Request) => Promise<Response>;
  }): BunServer;
};

test("the handlers mount in Bun.serve, whole and one by one", async () => {
  const store = new InMemoryPersistence();
  const { fetch: serve, livez, check } = createStoreHandlers(store);
  await check();
  const routes = { "/alive": livez };
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", routes, fetch: serve });
  try {
    for (
      const path of ["/", "/livez", "/readyz", "/healthz", "/metrics", "/snapshot.json", "/alive"]
    ) {
      strictEqual((await fetch(`http://127.0.0.1:${server.port}${path}`)).status, 200, path);
    }
    strictEqual((await fetch(`http://127.0.0.1:${server.port}/nowhere`)).status, 404);
  } finally {
    await server.stop();
    await store.close();
  }
});
