/**
 * Which files a process has opened.
 *
 * @module
 */

/** Resolves once a process has opened a file, and so listens to signals. */
export async function untilOpened(pid: number, path: string): Promise<void> {
  const real = await Deno.realPath(path);
  const deadline = performance.now() + 20_000;
  while (!(await openedBy(pid)).includes(real)) {
    if (performance.now() > deadline) throw new Error(`Process ${pid} has not opened ${real}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function openedBy(pid: number): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    // A file may be closed between the two.
    paths.push(await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => ""));
  }
  return paths;
}
