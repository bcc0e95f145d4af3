import { redisConfig } from "../../../../lib/backends/redis/config/redis_config.ts";
import { RedisServers } from "../../../../lib/backends/redis/servers/redis_servers.ts";
import { Signature } from "../../../../lib/backends/redis/writing/sent_write.ts";
import { StreamWriter } from "../../../../lib/backends/redis/writing/stream_writer.ts";
import { assertEquals } from "../../../_assert.ts";

// More than a call takes arguments.
const CALLERS = 150_000;

Deno.test("however many callers wait for a server that is away, each is told that nothing was written", async () => {
  const servers = new RedisServers(redisConfig("redis://127.0.0.1:1/0"));
  const writer = new StreamWriter(servers, ["events"], new Signature(), () => {});
  const codes = new Map<string, number>();
  const append = () =>
    writer.append([{ key: "events", line: "{}" }], undefined)
      .then(() => "written", (error: { code: string }) => error.code)
      .then((code) => codes.set(code, (codes.get(code) ?? 0) + 1));
  await Promise.all(Array.from({ length: CALLERS }, append));
  assertEquals([...codes], [["NOT_WRITTEN", CALLERS]]);
});
