/**
 * The papyra command lines in the files that are ready to use.
 *
 * @module
 */

import { join } from "node:path";
import { parseAll } from "../_yaml.ts";

/** A file's name, and the arguments behind `papyra` in one of its lines. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/** Where the files are. */
export const DEPLOY = join(import.meta.dirname!, "../../docs/deploy");
/** Where they have the executable. */
export const PROGRAM = "/usr/local/bin/papyra";

/** The text of one file. */
export function textOf(file: string): Promise<string> {
  return Deno.readTextFile(join(DEPLOY, file));
}

/** The names of all files that end in this. */
export function filesEndingIn(...ends: readonly string[]): string[] {
  return [...Deno.readDirSync(DEPLOY)].map(({ name }) => name)
    .filter((name) => ends.some((end) => name.endsWith(end))).sort();
}

/** Everything in a YAML file, document by document. */
export async function documentsIn(file: string): Promise<Manifest[]> {
  return parseAll(await textOf(file)) as Manifest[];
}

/** What is looked at in Kubernetes' documents. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec: {
    readonly schedule?: string;
    readonly concurrencyPolicy?: string;
    readonly selector?: Labels & { readonly matchLabels?: Labels };
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  };
}

type Labels = { readonly [name: string]: string };

/** A pod as others make it. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string }[];
    readonly securityContext: { readonly runAsNonRoot: boolean };
  };
}

/** A container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly terminationMessagePath?: string;
  readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: boolean }[];
  readonly securityContext: { readonly allowPrivilegeEscalation: boolean };
}

/** How a container is asked. */
export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

/** The pod of a document; null where it makes none. */
export function podOf({ spec }: Manifest): PodTemplate | null {
  return spec.template ?? spec.jobTemplate?.spec.template ?? null;
}

/** The containers of a pod that run papyra. */
export function papyrasIn({ spec }: PodTemplate): Container[] {
  return [...spec.initContainers ?? [], ...spec.containers]
    .filter(({ command }) => command?.[0] === PROGRAM);
}

/** All command lines of all files. */
export async function commandLines(): Promise<CommandLine[]> {
  const found: CommandLine[] = [];
  for (const file of filesEndingIn(".service", ".conf", ".cron")) {
    for (const line of (await textOf(file)).split("\n").filter((line) => !line.startsWith("#"))) {
      const [, args] = /\/usr\/local\/bin\/papyra (.*)$/.exec(line) ?? [];
      if (args !== undefined) found.push({ file, args: args.split(/\s+/) });
    }
  }
  for (const file of filesEndingIn(".yaml")) {
    for (const document of await documentsIn(file)) {
      const pod = podOf(document);
      const containers = pod === null ? [] : papyrasIn(pod);
      found.push(...containers.map(({ args = [] }) => ({ file, args })));
    }
  }
  return found;
}
