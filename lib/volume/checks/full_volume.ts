/**
 * What happens when there is no room left.
 *
 * @module
 */

import { unknown } from "../../model/finding.ts";
import { type Check } from "../check.ts";

/** A full volume, which nobody makes of somebody else's. */
export const fullVolume: Check = {
  name: "full_volume",
  isNeeded: false,
  share: 0,
  run: () =>
    Promise.resolve(
      unknown(
        "what a full volume does was not tried: it would take filling this one",
        "watch the free space, and compact in time",
      ),
    ),
};
