/**
 * Certificates of an authority of the tests' own.
 *
 * @module
 */

import { join } from "node:path";

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly server: string;
  readonly serverKey: string;
  readonly client: string;
  readonly clientKey: string;
  /** A certificate of the server that is valid no more. */
  readonly expired: string;
}

const NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:redis.test";
const KEY_KIND = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes them in `directory`. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const path = (name: string) => join(directory, name);
  const authority = [
    "-subj",
    "/CN=Papyra Test CA",
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
  ];
  await openssl("req", "-x509", ...KEY_KIND, "-days", "2", ...authority);
  await Deno.writeTextFile(path("names.cnf"), NAMES);
  const sign = async (name: string, ...days: string[]) => {
    const key = path(`${name}.key`);
    const request = path(`${name}.csr`);
    await openssl(
      "req",
      "-new",
      ...KEY_KIND,
      "-subj",
      `/CN=${name}`,
      "-keyout",
      key,
      "-out",
      request,
    );
    await openssl(
      ...["x509", "-req", "-in", request, "-CA", path("ca.pem"), "-CAkey", path("ca.key")],
      ...["-CAcreateserial", "-CAserial", path(`${name}.srl`)],
      ...["-extfile", path("names.cnf"), "-out", path(`${name}.pem`), ...days],
    );
  };
  await sign("server", "-days", "1");
  await sign("client", "-days", "1");
  await Deno.copyFile(path("server.key"), path("expired.key"));
  await openssl(
    ...["x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key")],
    ...["-CAcreateserial", "-CAserial", path("expired.srl"), "-extfile", path("names.cnf")],
    ...["-days", "-1", "-out", path("expired.pem")],
  );
  return {
    ca: path("ca.pem"),
    server: path("server.pem"),
    serverKey: path("server.key"),
    client: path("client.pem"),
    clientKey: path("client.key"),
    expired: path("expired.pem"),
  };
}

async function openssl(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("openssl", { args, stdin: "null" }).output();
  if (code !== 0) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
