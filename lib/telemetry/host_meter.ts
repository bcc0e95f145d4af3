/**
 * The instruments of one meter of the host's.
 *
 * @module
 */

import type {
  BatchObservableResult,
  Counter,
  Histogram,
  Meter,
  MeterProvider,
  ObservableGauge,
} from "@opentelemetry/api";
import {
  EMPTY_GAUGES,
  everyFamily,
  metricFamilies,
  type MetricFamily,
} from "../metrics/families.ts";
import { HISTOGRAM_BOUNDS } from "../metrics/histogram_bounds.ts";
import { makeSnapshot } from "../metrics/make_snapshot.ts";
import { attributesOf, instrumentName } from "../metrics/otel_names.ts";
import { type MetricsShare, NO_TOTALS } from "../metrics/share.ts";
import { HISTOGRAM_NAMES, type HistogramName, type MetricsSnapshot } from "../metrics/snapshot.ts";
import type { GaugedStore } from "./gauged_store.ts";
import { type HostApi, SCOPE } from "./host_api.ts";
import { joinedGauges } from "./joined_gauges.ts";

// A first look at a large file takes seconds; a server that says nothing would take for ever.
const GAUGES_MS = 10_000;

const METERS = new WeakMap<MeterProvider, HostMeter>();

/** What a process tells its host of all its stores. */
export class HostMeter {
  readonly #stores = new Set<GaugedStore>();
  readonly #counters: ReadonlyMap<string, Counter>;
  readonly #histograms: ReadonlyMap<HistogramName, Histogram>;
  readonly #gauges: ReadonlyMap<string, ObservableGauge>;

  /** The one for the host's provider. */
  static of({ metrics }: HostApi): HostMeter {
    const provider = metrics.getMeterProvider();
    const known = METERS.get(provider) ?? new HostMeter(provider.getMeter(SCOPE));
    METERS.set(provider, known);
    return known;
  }

  private constructor(meter: Meter) {
    const families = everyFamily(snapshotOf("", { counts: {}, marks: {} }, EMPTY_GAUGES));
    const made = <T>(type: string, make: (name: string, description: Described) => T) =>
      families.filter((family) => family.type === type).map((family): [string, T] => {
        const { name, unit } = instrumentName(family);
        return [family.name, make(name, { description: family.help, unit })];
      });
    this.#counters = new Map(made("counter", (name, about) => meter.createCounter(name, about)));
    this.#gauges = new Map(
      made("gauge", (name, about) => meter.createObservableGauge(name, about)),
    );
    // Their families stand in the order of their names.
    const histograms = made(
      "histogram",
      (name, about) => (bounds: readonly number[]) =>
        meter.createHistogram(name, {
          ...about,
          advice: { explicitBucketBoundaries: [...bounds] },
        }),
    );
    this.#histograms = new Map(
      HISTOGRAM_NAMES.map((name, index) => [name, histograms[index]![1](HISTOGRAM_BOUNDS[name])]),
    );
    meter.addBatchObservableCallback(
      (result) => this.#tellGauges(result),
      [...this.#gauges.values()],
    );
  }

  /** Adds what was counted. */
  count(backend: string, counts: MetricsShare["counts"]): void {
    for (
      const { name, samples } of metricFamilies(snapshotOf(backend, { counts, marks: {} }, null))
    ) {
      const counter = this.#counters.get(name);
      for (const { labels, value } of samples) {
        if (counter === undefined || typeof value !== "number" || value <= 0) continue;
        counter.add(value, attributesOf({ backend, ...labels }));
      }
    }
  }

  /** Takes note of a value. */
  observe(backend: string, name: HistogramName, value: number): void {
    this.#histograms.get(name)!.record(Math.max(0, value), attributesOf({ backend }));
  }

  /** Tells the gauges of a store from now on. */
  attach(store: GaugedStore): void {
    this.#stores.add(store);
  }

  /** Tells them no longer. */
  detach(store: GaugedStore): void {
    this.#stores.delete(store);
  }

  async #tellGauges(result: BatchObservableResult): Promise<void> {
    const looks = await Promise.allSettled([...this.#stores].map(lookAt));
    // A store that closes meanwhile, or cannot be measured, is told of next time.
    const snapshots = looks.flatMap((look) => look.status === "fulfilled" ? [look.value] : []);
    for (const { family, labels, value } of joinedGauges(snapshots)) {
      const gauge = this.#gauges.get(family);
      if (gauge !== undefined) result.observe(gauge, value, attributesOf(labels));
    }
  }
}

interface Described {
  readonly description: MetricFamily["help"];
  readonly unit: string;
}

// The host's other metrics wait for this one.
function lookAt(store: GaugedStore): Promise<MetricsSnapshot> {
  const signal = AbortSignal.timeout(GAUGES_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([store.snapshot(signal), late]);
}

function snapshotOf(
  backend: string,
  share: MetricsShare,
  gauges: MetricsSnapshot["gauges"],
): MetricsSnapshot {
  const totals = { ...NO_TOTALS, ...share };
  return makeSnapshot({ store: "", backend, takenAt: 0, totals, unsavedReason: null, gauges });
}
