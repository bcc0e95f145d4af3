import { mountOf } from "../../../lib/storage/native/mount_info.ts";
import { assertEquals } from "../../_assert.ts";

const TABLE = String.raw`22 27 0:21 / /proc rw,nosuid - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro
31 27 0:30 / /var/lib rw shared:2 master:1 - xfs /dev/vdb rw,attr2
32 31 0:31 /orders /var/lib/orders\040and\134more ro,noexec - nfs4 server:/export\040x rw,local_lock=none
40 27 0:40 / /mnt rw - ext4 /dev/vdc rw
41 40 0:41 / /mnt rw - tmpfs tmpfs rw,size=4096k
42 27 0:42 / /nosource rw - proc
`;

const CASES: readonly (readonly [path: string, mountPoint: string, type: string])[] = [
  ["/", "/", "ext4"],
  ["/home/somebody", "/", "ext4"],
  ["/var/library", "/", "ext4"],
  ["/var/lib", "/var/lib", "xfs"],
  ["/var/lib/orders", "/var/lib", "xfs"],
  [String.raw`/var/lib/orders and\more/deep`, String.raw`/var/lib/orders and\more`, "nfs4"],
  ["/mnt/store", "/mnt", "tmpfs"],
  ["/nosource/x", "/", "ext4"],
];

for (const [path, mountPoint, type] of CASES) {
  Deno.test(`mountOf() finds what ${path} lies on`, () => {
    const found = mountOf(TABLE, path);
    assertEquals([found?.mountPoint, found?.type], [mountPoint, type]);
  });
}

Deno.test("mountOf() tells the source and the options, of the mount and of the file system", () => {
  assertEquals(mountOf(TABLE, String.raw`/var/lib/orders and\more`), {
    type: "nfs4",
    mountPoint: String.raw`/var/lib/orders and\more`,
    source: "server:/export x",
    options: ["ro", "noexec", "rw", "local_lock=none"],
  });
  assertEquals(mountOf(TABLE, "/")?.options, ["rw", "relatime", "errors=remount-ro"]);
});

Deno.test("mountOf() finds nothing in what is no table", () => {
  for (const table of ["", "\n", "nonsense", " - - - "]) assertEquals(mountOf(table, "/x"), null);
});
