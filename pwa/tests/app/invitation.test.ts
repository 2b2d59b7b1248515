import { expect, test } from "vitest";

import { inviteFault, readInvitation } from "../../src/app/invitation.ts";
import { inviteLink } from "../../src/sync/enrolment.ts";

const HUB = "https://hub.example";
const NOW = 1_790_000_000_000;

const link = inviteLink({
  hub: HUB,
  invite: new Uint8Array(16),
  programme: new Uint8Array(16),
  signing_key_hash: new Uint8Array(32).fill(1),
  role: "worker",
  expiry: NOW / 1000 + 60,
  secret: new Uint8Array(32).fill(2),
});
const invitation = readInvitation(link.split("#")[1] ?? "");

test("what is shown of an invitation holds no secret", () => {
  expect(invitation).toEqual({ hub: HUB, expiry: NOW / 1000 + 60, role: "worker" });
});

test("an invitation for this hub can be used until its time is over", () => {
  expect(inviteFault(invitation, HUB, NOW)).toBeUndefined();
  expect(inviteFault(invitation, HUB, NOW + 61_000)?.why).toBe("expired");
});

test("one for another hub and a broken one are refused before anything is sent", () => {
  expect(inviteFault(invitation, "https://other.example", NOW)?.why).toBe("wrong-hub");
  expect(inviteFault(readInvitation(link.slice(0, -3)), HUB, NOW)?.why).toBe("malformed");
  expect(inviteFault(readInvitation(""), HUB, NOW)?.why).toBe("malformed");
});
