/**
 * Options of every command that works on a store.
 *
 * @module
 */

import { flag, optional } from "../option.ts";
import { parseDurability } from "../../model/mode.ts";
import {
  asAgeFromOne,
  asCount,
  asCountFromOne,
  asMilliseconds,
  asOneOf,
  asSizeFromOne,
  asText,
} from "../value_readers.ts";
import { asCollectorUrl } from "../otlp_client.ts";
import { RECORD_KINDS } from "../../model/record.ts";
import { parseDuration, parseSize } from "../../model/units.ts";

/** Options that name a store and say how to treat it. */
export const STORE_OPTIONS = {
  path: optional(
    { placeholder: "PATH", summary: "The store in this file; the same as --store file:PATH" },
    asText,
  ),
  store: optional(
    {
      placeholder: "URL",
      summary:
        "The store: file:PATH, redis://… or memory:; else PAPYRA_STORE, else `store` in the config",
    },
    asText,
  ),
  config: optional(
    {
      placeholder: "FILE",
      summary: "The config file; else PAPYRA_CONFIG, else papyra.json where there is one",
    },
    asText,
  ),
  requireStore: flag("Fail with exit code 10 where there is no store"),
  timeout: optional(
    { placeholder: "DURATION", summary: "Stop with exit code 13 after so long, such as 30s" },
    asMilliseconds,
  ),
};

/** Options that say what retention keeps, in place of the same limits of the config file. */
export const RETENTION_OPTIONS = {
  maxRecords: optional(
    { placeholder: "N", summary: "Keep the newest N records of each kind" },
    asCount,
  ),
  maxAge: optional(
    { placeholder: "AGE", summary: "Keep records not older than this, such as 30d" },
    parseDuration,
  ),
  maxBytes: optional(
    {
      placeholder: "SIZE",
      summary: "Keep the newest records of each kind that fit, such as 500MiB",
    },
    parseSize,
  ),
  kind: optional(
    {
      placeholder: "KIND",
      summary: "Put these limits on one kind of record only",
      choices: RECORD_KINDS,
    },
    asOneOf(RECORD_KINDS, "kind"),
  ),
};

/** Options of commands that change a store by maintenance. */
export const MAINTENANCE_OPTIONS = {
  wait: optional(
    {
      placeholder: "DURATION",
      summary: "Wait so long for another maintenance run to end, such as 30s",
    },
    asMilliseconds,
  ),
};

/** Options of commands that record. */
export const RECORDING_OPTIONS = {
  durability: optional(
    {
      placeholder: "WHEN",
      summary: "When a record counts as written: always, interval:<milliseconds> or os",
    },
    parseDurability,
  ),
  rotateBytes: optional(
    {
      placeholder: "SIZE",
      summary: "Seal the file before it grows beyond this; 64MiB, where it is sealed at all",
    },
    asSizeFromOne,
  ),
  rotateRecords: optional(
    { placeholder: "N", summary: "Seal the file once it holds so many records" },
    asCountFromOne,
  ),
  rotateAge: optional(
    { placeholder: "AGE", summary: "Seal the file with the first write that finds it so old" },
    asAgeFromOne,
  ),
};

/** Options of commands whose verdict somebody waits for who does not read what they print. */
export const VERDICT_OPTIONS = {
  terminationLog: optional(
    {
      placeholder: "FILE",
      summary: "Put the verdict, or the error, into this file too: 4 KiB for Kubernetes",
    },
    asText,
  ),
};

/** Options of commands whose runs somebody watches. */
export const WATCHED_OPTIONS = {
  otlp: optional(
    {
      placeholder: "URL",
      summary:
        "Send what the run came to, and the store's metrics, to this OpenTelemetry collector",
    },
    asCollectorUrl,
  ),
  textfile: optional(
    {
      placeholder: "FILE",
      summary: "Put what the run came to into this file for node_exporter: NAME.prom in its folder",
    },
    asText,
  ),
  storeLabel: optional(
    { placeholder: "NAME", summary: 'Put store="NAME" on every sample, to tell stores apart' },
    asText,
  ),
};
