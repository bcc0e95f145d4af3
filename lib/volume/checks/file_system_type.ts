/**
 * What the type of the file system, and how it is mounted, say of its promises.
 *
 * @module
 */

import type { VolumeFacts, VolumeFinding } from "../../model/volume_report.ts";
import { failed, ok, unknown, warning } from "../../model/finding.ts";
import { type Check } from "../check.ts";

const VOLATILE = /^(?:tmpfs|ramfs|devtmpfs|hugetlbfs)$/;
/** What lives and dies with a container. */
const CONTAINERS_OWN = /^(?:overlay|aufs)$/;
/** What other machines may use at the same time. */
const SHARED =
  /^(?:nfs4?|cifs|smb3|smbfs|9p|afs|ceph|lustre|gpfs|gfs2|ocfs2|fuse\.(?:glusterfs|ceph.*|sshfs|s3fs))$/;
/** What a program stands behind, which decides about locks and syncs. */
const USER_SPACE = /^(?:fuse(?:blk|\..+)?|virtiofs|vboxsf|prl_fs|fakeowner|grpcfuse)$/;

/** Options that take the meaning from a sync or from a lock. */
const DOUBTFUL_OPTIONS = [
  {
    option: /^(?:nobarrier|barrier=0|barrier=none)$/,
    says: "a sync does not reach past the cache of the disk",
    next: "mount it with barriers, unless that cache outlives a power cut",
  },
  {
    option: /^(?:nolock|local_lock=(?:all|flock))$/,
    says: "other machines do not see the locks",
    next: "use the store from this machine alone",
  },
] as const;

/** The type of the file system. */
export const fileSystemType: Check = {
  name: "file_system",
  isNeeded: false,
  share: 0,
  run: ({ facts }) => Promise.resolve(judgeFileSystem(facts)),
};

/** Whether everything on a volume is gone when the machine is started again. */
export function isVolatile({ type }: VolumeFacts): boolean {
  return VOLATILE.test(type ?? "");
}

/** Judges a volume by what the operating system says of it. */
export function judgeFileSystem(facts: VolumeFacts): VolumeFinding {
  const { type, options } = facts;
  if (type === null) {
    return unknown("the operating system does not tell which file system this is", "");
  }
  if (isVolatile(facts)) {
    return failed(
      "os",
      `${type} lies in memory: nothing in it outlives a restart of the machine`,
      "put the store on a disk, or ask for no more than --durability os",
    );
  }
  if (CONTAINERS_OWN.test(type)) return judgeOverlay(type, options);
  for (const { option, says, next } of DOUBTFUL_OPTIONS) {
    const found = options.find((candidate) => option.test(candidate));
    if (found !== undefined) return warning(`${type} is mounted with ${found}: ${says}`, next);
  }
  if (SHARED.test(type)) {
    return warning(
      `${type} is shared with other machines: whether they respect locks cannot be tried from one`,
      "use the store from one machine at a time, or put it on a local file system",
    );
  }
  if (USER_SPACE.test(type)) {
    return warning(
      `${type} is served by a program or a host: locks and syncs are as good as that`,
      "ask its manual about fsync and flock, or put the store on a local file system",
    );
  }
  return ok(`${type}, a local file system`);
}

function judgeOverlay(type: string, options: readonly string[]): VolumeFinding {
  const next = "put the store on a volume that is mounted into the container";
  return options.some((option) => /^(?:fsync=)?volatile$/.test(option))
    ? failed("os", `${type} is mounted with volatile: syncs do nothing`, next)
    : warning(`${type} is a container's own: it goes when the container is removed`, next);
}
