/**
 * What one store tells the host's OpenTelemetry.
 *
 * @module
 */

import type { MetricsShare } from "../metrics/share.ts";
import type { HistogramName } from "../metrics/snapshot.ts";
import type { GaugedStore } from "./gauged_store.ts";
import { hostApi } from "./host_api.ts";
import { HostMeter } from "./host_meter.ts";

/** A store's side of the host's meter. */
export class StoreTelemetry {
  readonly #store: GaugedStore;
  readonly #meter: Promise<HostMeter | null>;

  /** Null where the host has none when the store is opened. */
  static of(store: GaugedStore): StoreTelemetry | null {
    const loading = hostApi();
    if (loading === null) return null;
    return new StoreTelemetry(
      store,
      loading.then((api) => api && HostMeter.of(api)).catch(() => null),
    );
  }

  private constructor(store: GaugedStore, meter: Promise<HostMeter | null>) {
    this.#store = store;
    this.#meter = meter;
    this.#tell((host) => host.attach(store));
  }

  /** Adds what was counted since the last time. */
  count(counts: MetricsShare["counts"]): void {
    this.#tell((host) => host.count(this.#store.name, counts));
  }

  /** Takes note of a value. */
  observe(name: HistogramName, value: number): void {
    this.#tell((host) => host.observe(this.#store.name, name, value));
  }

  /** Tells no more; everything before has been told then. */
  async end(): Promise<void> {
    this.#tell((host) => host.detach(this.#store));
    await this.#meter;
  }

  #tell(what: (host: HostMeter) => void): void {
    // What only observes must not fail what it observes.
    this.#meter.then((host) => host && what(host)).catch(() => {});
  }
}
