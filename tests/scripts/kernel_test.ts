import { KERNEL_MODULE, kernelModule } from "../../scripts/kernel.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("the compiled loop is what its source gives", async () => {
  assertEquals(await Deno.readTextFile(KERNEL_MODULE), await kernelModule());
});
