import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { readArguments } from "../../lib/cli/arguments.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { EXECUTABLE, ROOT } from "../../scripts/_paths.ts";
import {
  commandLines,
  type Container,
  DEPLOY,
  documentsIn,
  filesEndingIn,
  type Manifest,
  papyrasIn,
  podOf,
  type PodTemplate,
  PROGRAM,
  textOf,
} from "./command_lines.ts";
import { inTempDirectory } from "../_temp.ts";

const API_VERSIONS: { readonly [kind: string]: string } = {
  PersistentVolumeClaim: "v1",
  Service: "v1",
  Deployment: "apps/v1",
  CronJob: "batch/v1",
};
const CRON_RANGES = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]] as const;

function assertSchedule(schedule: string): void {
  const fields = schedule.split(" ");
  assertEquals(fields.length, 5, schedule);
  for (const [index, field] of fields.entries()) {
    const [least, most] = CRON_RANGES[index]!;
    const isIn = /^\d+$/.test(field) && Number(field) >= least && Number(field) <= most;
    assert(field === "*" || isIn, `${field} in ${schedule}`);
  }
}

Deno.test("every command line in docs/deploy is one that papyra understands", async () => {
  const lines = await commandLines();
  assert(lines.length >= 9, `only ${lines.length} found`);
  for (const { file, args } of lines) {
    const { command, wantsHelp } = readArguments(args);
    assert(command !== null && !wantsHelp, `${file}: ${args.join(" ")}`);
  }
});

Deno.test("every line of the crontab is a time, a user and a command, or a variable", async () => {
  const text = await textOf("papyra.cron");
  assert(text.endsWith("\n"));
  const lines = text.trimEnd().split("\n").filter((line) => !/^#|^$/.test(line));
  const jobs = lines.filter((line) => !/^[A-Z_]+=\S+$/.test(line));
  assertEquals(jobs.length, 2);
  for (const job of jobs) {
    const [, schedule, user, command] = /^((?:\S+ ){4}\S+) +(\S+) +(\S.*)$/.exec(job)!;
    assertSchedule(schedule!);
    assertEquals(user, "orders");
    assert(command!.startsWith(`${PROGRAM} `));
    // A percent sign would be the end of the line.
    assertEquals(command!.includes("%"), false);
  }
});

Deno.test("systemd finds no fault with the units", async () => {
  await inTempDirectory(async (directory) => {
    const units = filesEndingIn(".service", ".timer");
    assert(units.length >= 5);
    for (const unit of units) {
      // The executable need not be installed where the tests run.
      const text = (await textOf(unit)).replaceAll(PROGRAM, "/bin/true");
      await Deno.writeTextFile(`${directory}/${unit}`, text);
    }
    const drop = (await textOf("store-check.conf")).replaceAll(PROGRAM, "/bin/true");
    await Deno.writeTextFile(`${directory}/orders.service`, `${drop}ExecStart=/bin/true\n`);
    const { code, stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", "--man=no", "--generators=no", ...units, "orders.service"],
      cwd: directory,
      env: { SYSTEMD_UNIT_PATH: `${directory}:` },
    }).output();
    assertEquals({ code, told: new TextDecoder().decode(stderr) }, { code: 0, told: "" });
  });
});

Deno.test("the documents for Kubernetes are of the kinds that they say", async () => {
  for (const file of filesEndingIn(".yaml")) {
    for (const { apiVersion, kind, metadata, spec } of await documentsIn(file)) {
      assertEquals(apiVersion, API_VERSIONS[kind], `${file}: ${kind}`);
      assertMatch(metadata.name, /^[a-z0-9](?:[-a-z0-9]{0,50}[a-z0-9])?$/);
      if (kind === "CronJob") {
        assertSchedule(spec.schedule!);
        assertEquals(spec.concurrencyPolicy, "Forbid");
      }
    }
  }
});

Deno.test("what the documents for Kubernetes refer to is there", async () => {
  const documents: Manifest[] = [];
  for (const file of filesEndingIn(".yaml")) documents.push(...await documentsIn(file));
  const pods = documents.map(podOf).filter((pod) => pod !== null);
  assertEquals(pods.length, 3);
  for (const { spec, metadata } of pods) {
    const volumes = spec.volumes.map(({ name }) => name);
    for (const { volumeMounts } of [...spec.initContainers ?? [], ...spec.containers]) {
      for (const { name } of volumeMounts) assert(volumes.includes(name), name);
    }
    assert(metadata.labels["app"] !== undefined);
    assertEquals(spec.securityContext.runAsNonRoot, true);
  }
  for (const { kind, spec } of documents) {
    if (kind === "Deployment") {
      assertEquals(spec.selector!.matchLabels, spec.template!.metadata.labels);
    }
    if (kind === "Service") assertServed(spec, pods);
  }
});

function assertServed({ selector, ports }: Manifest["spec"], pods: readonly PodTemplate[]): void {
  const pod = pods.find(({ metadata }) => metadata.labels["app"] === selector!["app"])!;
  const names = pod.spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name));
  for (const { targetPort } of ports!) assert(names.includes(targetPort), targetPort);
}

Deno.test("the containers of papyra are asked what it answers, and read where it writes", async () => {
  const containers: Container[] = [];
  for (const file of filesEndingIn(".yaml")) {
    for (const pod of (await documentsIn(file)).map(podOf)) {
      if (pod !== null) containers.push(...papyrasIn(pod));
    }
  }
  assertEquals(containers.length, 3);
  for (const { args = [], terminationMessagePath, ports = [], env, ...probes } of containers) {
    const { values } = readArguments(args);
    assertEquals(values["terminationLog"], terminationMessagePath);
    if (args[0] !== "serve") continue;
    assertEquals(values["listen"], { host: "0.0.0.0", port: ports[0]!.containerPort });
    assertEquals(env?.[0]?.name, "PAPYRA_TOKEN");
    for (const { httpGet } of [probes.livenessProbe!, probes.readinessProbe!]) {
      assertEquals(httpGet.port, ports[0]!.name);
      assert(await isAnswered(httpGet.path), httpGet.path);
    }
  }
});

async function isAnswered(path: string): Promise<boolean> {
  await using store = new InMemoryPersistence();
  const { fetch } = createStoreHandlers(store);
  const { status, body } = await fetch(new Request(`http://localhost${path}`));
  await body?.cancel();
  return status !== 404;
}

Deno.test("the image has the executable where the documents call it", async () => {
  const text = await textOf("Dockerfile");
  assertMatch(text, new RegExp(`^COPY ${EXECUTABLE.slice(ROOT.length + 1)} ${PROGRAM}$`, "m"));
  assertMatch(text, new RegExp(`^ENTRYPOINT \\["${PROGRAM}"\\]$`, "m"));
  assertMatch(text, /^USER 10001:10001$/m);
});

Deno.test("docs/deploy/README.md names every file", async () => {
  const page = await textOf("README.md");
  for (const { name } of Deno.readDirSync(DEPLOY)) {
    assert(name === "README.md" || page.includes(`](${name})`), name);
  }
});
