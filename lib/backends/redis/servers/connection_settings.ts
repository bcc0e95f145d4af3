/**
 * Certificates and keys, from the files that a URL names.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { FileSystem } from "../../../storage/file_system.ts";
import { nativeFileSystem } from "../../../storage/native/native_file_system.ts";
import { explainOsError } from "../../../storage/os_error.ts";
import type { ConnectionSettings } from "./connection.ts";
import type { RedisConfig } from "../config/redis_config.ts";

const PEM_BYTES_MAX = 1024 * 1024;

/** What connections of a store need to know. Throws INVALID_ARGUMENT where a file cannot be read. */
export async function connectionSettings(config: RedisConfig): Promise<ConnectionSettings> {
  return { ...config, tls: config.tls === null ? null : await withFiles(config.tls, config) };
}

async function withFiles(
  { caFile, certFile, keyFile, ...given }: NonNullable<RedisConfig["tls"]>,
  { fileSystem = nativeFileSystem }: RedisConfig,
): Promise<NonNullable<ConnectionSettings["tls"]>> {
  return {
    ...given,
    ...(caFile === undefined ? {} : { ca: await readPem(fileSystem, caFile) }),
    ...(certFile === undefined ? {} : { cert: await readPem(fileSystem, certFile) }),
    ...(keyFile === undefined ? {} : { key: await readPem(fileSystem, keyFile) }),
  };
}

async function readPem(fileSystem: FileSystem, path: string): Promise<string> {
  try {
    const file = await fileSystem.open(await fileSystem.realPath(path), { access: "read" });
    try {
      const { size } = file.stat();
      if (size > PEM_BYTES_MAX) throw new Error(`it is larger than ${PEM_BYTES_MAX} bytes`);
      const buffer = new Uint8Array(size);
      return new TextDecoder().decode(buffer.subarray(0, await file.read(buffer, 0)));
    } finally {
      await file.close();
    }
  } catch (cause) {
    const message = `Cannot read certificate or key "${path}": ${explainOsError(cause)}`;
    throw new PapyraError("INVALID_ARGUMENT", message, { cause, file: path });
  }
}
