/** An invite's link, `/join#…`, and what can be said of it before it is used. */
import { type Invite, parseInvite } from "../sync/enrolment.ts";
import { type InviteFault, InviteError } from "../sync/errors.ts";

/** What is shown of it; the secret stays in the fragment. */
export interface Invitation {
  readonly hub: string;
  /** In Unix seconds. */
  readonly expiry: number;
  readonly role: "worker" | "coordinator";
}

export function isJoinPage(): boolean {
  return /\/join(\.html)?$/.test(location.pathname);
}

/** Undefined when the fragment is no whole invitation. */
export function readInvitation(fragment: string): Invitation | undefined {
  try {
    const invite: Invite = parseInvite(fragment);
    // A relay has no browser.
    if (invite.role === "relay") return undefined;
    return { hub: invite.hub, expiry: invite.expiry, role: invite.role };
  } catch {
    return undefined;
  }
}

/** Why it cannot be used here, as far as this phone can tell. */
export function inviteFault(
  invitation: Invitation | undefined,
  origin: string,
  now: number,
): InviteError | undefined {
  const why = faultOf(invitation, origin, now);
  return why === undefined ? undefined : new InviteError(why);
}

function faultOf(
  invitation: Invitation | undefined,
  origin: string,
  now: number,
): InviteFault | undefined {
  if (invitation === undefined) return "malformed";
  if (invitation.hub !== origin) return "wrong-hub";
  return invitation.expiry * 1000 <= now ? "expired" : undefined;
}
