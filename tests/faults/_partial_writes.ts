/** Writes of which other processes see only a part, until the writer's next call. */

import type { FileStat } from "../../lib/storage/file_system.ts";
import type { Process } from "./_scheduler.ts";

interface PartialWrite {
  readonly writer: Process;
  readonly visibleSize: number;
}

/** The writes under way on one disk, one for each file. */
export class PartialWrites {
  readonly #byIdentity = new Map<string, PartialWrite>();

  /** Shows others no more than `visibleSize` bytes of a file. */
  hide(identity: string, writer: Process, visibleSize: number): void {
    this.#byIdentity.set(identity, { writer, visibleSize });
  }

  /** Shows everything that a process wrote. */
  show(writer: Process): void {
    for (const [identity, write] of this.#byIdentity) {
      if (write.writer === writer) this.#byIdentity.delete(identity);
    }
  }

  /** What a file looks like to a process. */
  seenBy(process: Process, stat: FileStat): FileStat {
    const write = this.#byIdentity.get(stat.identity);
    if (write === undefined || write.writer === process) return stat;
    return { ...stat, size: Math.min(stat.size, write.visibleSize) };
  }
}
