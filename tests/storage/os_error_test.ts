import { PapyraError } from "../../lib/errors.ts";
import { asIoError, explainOsError, isMissingError, osCode } from "../../lib/storage/os_error.ts";
import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "../_assert.ts";
import { diskError } from "./disk_error.ts";

Deno.test("osCode() tells errors of the operating system from others", () => {
  assertEquals(osCode(diskError("ENOSPC")), "ENOSPC");
  for (const other of [new TypeError("x"), diskError("BUSY"), null, undefined, "ENOSPC", 28]) {
    assertEquals(osCode(other), null);
  }
  assert(isMissingError(diskError("ENOENT")));
  assert(!isMissingError(diskError("EACCES")));
});

Deno.test("explainOsError() says what to do, and keeps the code", () => {
  for (const code of ["ENOSPC", "EACCES", "EROFS", "EIO", "ELOOP", "EMFILE", "EISDIR"]) {
    const words = explainOsError(diskError(code));
    assertStringIncludes(words, `(${code})`);
    assert(words.length > code.length + 10);
  }
  assertEquals(explainOsError(diskError("EXOTIC")), "EXOTIC: made by a test");
  assertEquals(explainOsError(new Error("plain")), "plain");
});

Deno.test("asIoError() wraps errors of the operating system, and only those", () => {
  const cause = diskError("EROFS");
  const wrapped = asIoError(cause, "compact", "/a b") as PapyraError;
  assertEquals([wrapped.code, wrapped.file, wrapped.cause], ["IO_ERROR", "/a b", cause]);
  assertStringIncludes(wrapped.message, 'Cannot compact "/a b": ');
  for (const other of [new PapyraError("BUSY", "x"), new TypeError("x")]) {
    assertStrictEquals(asIoError(other, "compact", "/a"), other);
  }
});
