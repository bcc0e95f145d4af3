/**
 * A headless Chromium, driven over the DevTools protocol.
 *
 * @module
 */

import { join } from "node:path";

/** A colour scheme that a person asks for. */
export type Scheme = "light" | "dark";

/** A window. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly scheme: Scheme;
}

const FLAGS = [
  "--headless",
  // As root there is no other way.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  "--hide-scrollbars",
  "--force-color-profile=srgb",
  "--remote-debugging-port=0",
];
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

type Answer = { readonly result?: Record<string, unknown>; readonly error?: { message: string } };
type Message = Answer & {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
};

/** One Chromium. */
export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  readonly #port: string;

  private constructor(child: Deno.ChildProcess, profile: string, port: string) {
    this.#child = child;
    this.#profile = profile;
    this.#port = port;
  }

  /** Starts it. */
  static async start(): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "papyra-chromium-" });
    const child = new Deno.Command("chromium", {
      args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new Browser(child, profile, await portOf(profile));
  }

  /** Opens a page. */
  async open(url: string, viewport: Viewport): Promise<Page> {
    const address = `http://127.0.0.1:${this.#port}/json/new?about:blank`;
    const { webSocketDebuggerUrl } = await (await fetch(address, { method: "PUT" })).json();
    return await Page.open(webSocketDebuggerUrl, url, viewport);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await removeOnceFree(this.#profile);
  }
}

/** One page in a window of its own. */
export class Page implements AsyncDisposable {
  /** What the page, or the browser about it, complained of. */
  readonly complaints: string[] = [];
  /** What the page asked for. */
  readonly requests: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;
  #onLoad: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
  }

  /** Loads `url` and waits until it is there. */
  static async open(socketUrl: string, url: string, viewport: Viewport): Promise<Page> {
    const socket = new WebSocket(socketUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", reject, { once: true });
    });
    const page = new Page(socket);
    for (const domain of ["Page", "Runtime", "Log", "Network", "Audits"]) {
      await page.send(`${domain}.enable`);
    }
    await page.resize(viewport);
    const isLoaded = new Promise<void>((resolve) => page.#onLoad = resolve);
    await page.send("Page.navigate", { url });
    await isLoaded;
    return page;
  }

  /** Makes the window another one. */
  async resize({ width, height, scheme }: Viewport): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
  }

  /** The value of an expression on the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** Presses a key. */
  async press(key: "Tab" | "Enter"): Promise<void> {
    const code = { Tab: 9, Enter: 13 }[key];
    const common = { key, code: key, windowsVirtualKeyCode: code };
    const text = key === "Enter" ? { text: "\r" } : {};
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...common, ...text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...common });
  }

  /** A picture of the whole page, PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: true,
    });
    return Uint8Array.from(atob(data as string), (character) => character.charCodeAt(0));
  }

  /** Calls a method of the protocol. */
  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const isClosed = new Promise((resolve) => this.#socket.addEventListener("close", resolve));
    await this.send("Page.close");
    await isClosed;
  }

  #receive({ id, method, params = {}, ...answer }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
      return;
    }
    switch (method) {
      case "Page.loadEventFired":
        return this.#onLoad();
      case "Network.requestWillBeSent":
        this.requests.push((params["request"] as { url: string }).url);
        return;
      case "Runtime.consoleAPICalled":
      case "Runtime.exceptionThrown":
      case "Log.entryAdded":
      case "Audits.issueAdded":
        this.complaints.push(`${method}: ${JSON.stringify(params)}`);
    }
  }
}

async function portOf(profile: string): Promise<string> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end) {
    try {
      const [port] = (await Deno.readTextFile(join(profile, "DevToolsActivePort"))).split("\n");
      if (port) return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("Chromium does not start");
}

// Its children end a moment after it.
async function removeOnceFree(directory: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(directory, { recursive: true });
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
