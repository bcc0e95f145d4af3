/**
 * A gate on the way to a real server: it can swallow what goes one way, as a network that fails does.
 *
 * @module
 */

/** What a gate lets through. */
export interface Gate {
  /** Where it listens. */
  readonly port: number;
  /** From now on, on the connections that are open now, nothing that the store says arrives. */
  swallowRequests(): void;
  /** The same for what the server says. */
  swallowAnswers(): void;
  /** Breaks the connections that are open now, on the store's side only. */
  breaks(): void;
  close(): Promise<void>;
}

interface Passage {
  readonly store: Deno.Conn;
  readonly server: Deno.Conn;
  swallowsRequests: boolean;
  swallowsAnswers: boolean;
}

/** Opens a gate to the server at a port. `change` has the server's answers say something else. */
export function openGate(
  serverPort: number,
  change: (answer: Uint8Array) => Uint8Array = (answer) => answer,
): Gate {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const passages: Passage[] = [];
  const flows: Promise<void>[] = [];
  const serving = (async () => {
    for await (const store of listener) {
      const server = await connected(serverPort);
      if (server === null) {
        closes(store);
        continue;
      }
      const passage = { store, server, swallowsRequests: false, swallowsAnswers: false };
      passages.push(passage);
      flows.push(flow(store, server, (bytes) => passage.swallowsRequests ? null : bytes));
      flows.push(flow(server, store, (bytes) => passage.swallowsAnswers ? null : change(bytes)));
    }
  })();
  const onAll = (what: (passage: Passage) => void) => () => passages.forEach(what);
  return {
    port: (listener.addr as Deno.NetAddr).port,
    swallowRequests: onAll((passage) => passage.swallowsRequests = true),
    swallowAnswers: onAll((passage) => passage.swallowsAnswers = true),
    breaks: onAll(({ store }) => closes(store)),
    async close() {
      listener.close();
      await serving;
      for (const { store, server } of passages) [store, server].forEach(closes);
      await Promise.all(flows);
    },
  };
}

// Null where nobody listens at the moment.
function connected(port: number): Promise<Deno.Conn | null> {
  return Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
}

async function flow(
  from: Deno.Conn,
  to: Deno.Conn,
  pass: (bytes: Uint8Array) => Uint8Array | null,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      const bytes = pass(buffer.slice(0, count));
      for (let rest = bytes; rest !== null && rest.length > 0;) {
        rest = rest.subarray(await to.write(rest));
      }
    }
  } catch {
    // One side is gone.
  }
}

function closes(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
