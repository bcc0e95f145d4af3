/**
 * Linux's table of mounts, `/proc/self/mountinfo`.
 *
 * @module
 */

/** One mounted file system. */
export interface Mount {
  /** The type of the file system. */
  readonly type: string;
  /** Where it is mounted. */
  readonly mountPoint: string;
  /** What is mounted. */
  readonly source: string;
  /** How it is mounted: the options of the mount, then those of the file system. */
  readonly options: readonly string[];
}

/** The mount that `path`, absolute and without links, lies on; null where the table has none. */
export function mountOf(table: string, path: string): Mount | null {
  let found: Mount | null = null;
  for (const line of table.split("\n")) {
    const mount = readLine(line);
    if (mount === null || !liesIn(path, mount.mountPoint)) continue;
    // Of two mounts at one place, the later one hides the other.
    if (found === null || mount.mountPoint.length >= found.mountPoint.length) found = mount;
  }
  return found;
}

// `36 35 98:0 /root /mount/point rw,noatime master:1 - ext3 /dev/sda1 rw,errors=continue`
function readLine(line: string): Mount | null {
  const [own = "", shared = ""] = line.split(" - ", 2);
  const [, , , , mountPoint, mountOptions] = own.split(" ");
  const [type, source, superOptions = ""] = shared.split(" ");
  if (mountPoint === undefined || mountOptions === undefined || source === undefined) return null;
  return {
    type: unescaped(type!),
    mountPoint: unescaped(mountPoint),
    source: unescaped(source),
    options: [
      ...new Set([...mountOptions.split(","), ...superOptions.split(",")].filter((part) => part)),
    ],
  };
}

// White space and backslashes stand as three octal digits.
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}

function liesIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
