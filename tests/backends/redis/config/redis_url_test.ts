import { redisConfig } from "../../../../lib/backends/redis/config/redis_config.ts";
import { parseRedisUrl } from "../../../../lib/backends/redis/config/redis_url.ts";
import { PapyraError } from "../../../../lib/errors.ts";
import { assert, assertEquals, assertThrows } from "../../../_assert.ts";

Deno.test("parseRedisUrl() takes servers, Sentinels and Clusters, with and without TLS", () => {
  const parts = (url: string) => {
    const { topology, isTls, addresses, masterName, database } = parseRedisUrl(url);
    const hosts = addresses.map(({ host, port }) => `${host} ${port}`);
    return [topology, isTls, hosts.join(), masterName, database];
  };
  assertEquals(parts("redis://h"), ["standalone", false, "h 6379", "", 0]);
  assertEquals(parts("redis://"), ["standalone", false, "localhost 6379", "", 0]);
  assertEquals(parts("REDISS://[::1]:7000/3"), ["standalone", true, "::1 7000", "", 3]);
  assertEquals(parts("redis+sentinel://a,b:5/m/2"), ["sentinel", false, "a 26379,b 5", "m", 2]);
  assertEquals(parts("rediss+cluster://a,b:7001"), ["cluster", true, "a 6379,b 7001", "", 0]);
});

Deno.test("parseRedisUrl() decodes user and password", () => {
  const { username, password } = parseRedisUrl("redis://me:p%40ss%2Fword@h");
  assertEquals([username, password], ["me", "p@ss/word"]);
  assertEquals(parseRedisUrl("redis://:only@h").username, undefined);
});

Deno.test("parseRedisUrl() refuses what cannot be, and tells no password", () => {
  const urls = [
    "redis:h",
    "redis://me:secret@a,b",
    "redis://me:secret@h:0",
    "redis://me:secret@h:99999",
    "redis://me:secret@h/x",
    "redis://me:secret@h/0/1",
    "redis://me:secret@h?colour=red",
    "redis://me:secret@h?min_replicas=-1",
    "redis://me:secret@h?hash_tag=perhaps",
    "redis+sentinel://me:secret@h",
    "redis+cluster://me:secret@h/1",
    "redis://me:secret%zz@h",
  ];
  for (const url of urls) {
    const error = assertThrows(() => parseRedisUrl(url), PapyraError, "", url);
    assertEquals(error.code, "INVALID_ARGUMENT");
    assert(!error.message.includes("secret"), error.message);
  }
});

Deno.test("redisConfig() takes the URL's word before an option's, and tells a location without secrets", () => {
  const config = redisConfig("redis://me:secret@h/1?system_id=orders&min_replicas=2", {
    systemId: "other",
    prefix: "p",
    password: "other",
    minReplicas: 1,
  });
  assertEquals(config.keys.streams.event, "p:orders:events");
  assertEquals([config.password, config.minReplicas], ["secret", 2]);
  assertEquals(config.location, "redis://h:6379/1?prefix=p&system_id=orders");
});

Deno.test("redisConfig() refuses options that cannot be", () => {
  const options = [
    { prefix: "" },
    { minReplicas: -1 },
    { commandTimeoutMs: 0 },
    { tls: {} },
    { hashTag: true, prefix: "{a}" },
  ];
  for (const each of options) {
    const error = assertThrows(() => redisConfig("redis://h", each), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});
