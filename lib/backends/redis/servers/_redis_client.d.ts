/** What is used of a reply's types: their first byte. */
export declare const RESP_TYPES: { readonly BLOB_STRING: 36 };

/** What a server answers a command with that it refuses. */
export declare class ErrorReply extends Error {}

/** What is used of a client's options. */
export interface ClientOptions {
  readonly RESP: 2;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  readonly disableOfflineQueue: boolean;
  readonly disableClientInfo: boolean;
  readonly commandOptions: { readonly timeout: 0 };
  readonly socket: {
    readonly host: string;
    readonly port: number;
    readonly connectTimeout: number;
    readonly reconnectStrategy: false;
    readonly tls?: true;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
  };
}

/** What is used of a client. */
export interface Client {
  connect(): Promise<unknown>;
  sendCommand(
    args: readonly (string | Uint8Array)[],
    options?: { readonly typeMapping: { readonly [type: number]: unknown } },
  ): Promise<unknown>;
  destroy(): void;
  on(event: "error", listener: (error: Error) => void): void;
}

/** Makes a client that is not connected yet. */
export function createClient(options: ClientOptions): Client;
