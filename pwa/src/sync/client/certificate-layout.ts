/** Cards and certificates in a device's store: as parts of other rows, and certificates as rows of their own. */
import { fromHex, type Hex, toHex } from "../bytes.ts";
import type { Part } from "../canonical.ts";
import { bytes, id, optional, tuple } from "../decoding.ts";
import { type Card, type Certificate, decodeCard, decodeCertificate } from "../enrolment.ts";
import type { Entry } from "../store.ts";
import { VERSION, versioned } from "./layout.ts";

export interface CertificateLine {
  readonly address: Hex;
  readonly enrolment: Hex;
  readonly device: Hex;
}

export function certificateEntry({ address, enrolment, device }: CertificateLine): Entry {
  const small = [fromHex(enrolment), fromHex(device)];
  return { address, type: "certificate", state: "", collection: "", order: 0, small };
}

export function certificateLine({ address, small }: Entry): CertificateLine {
  const [enrolment, device] = tuple(small, "$", 2);
  return {
    address,
    enrolment: toHex(id(enrolment, "$[0]")),
    device: toHex(id(device, "$[1]")),
  };
}

export function certificateRow(certificate: Certificate): readonly Part[] {
  return ["certificate", VERSION, certificateParts(certificate)];
}

export function readCertificateRow(row: unknown): Certificate {
  const [certificate] = versioned(row, "certificate", 1);
  return readCertificate(certificate, "$[2]");
}

export function cardParts(card: Card): readonly Part[] {
  const { programme, generation, sealing_key, signing_key, practice, name, signature } = card;
  return [programme, generation, sealing_key, signing_key, practice, name, signature];
}

export function readCard(value: unknown, path: string): Card {
  const [programme, generation, sealing_key, signing_key, practice, name, signature] = tuple(
    value,
    path,
    7,
  );
  const card = { programme, generation, sealing_key, signing_key, practice, name, signature };
  return decodeCard(card, path);
}

/** With what a later card has besides. */
export function wholeCardParts(card: Card): readonly Part[] {
  return [cardParts(card), card.own_signature ?? null];
}

export function readWholeCard(value: unknown, path: string): Card {
  const [card, own] = tuple(value, path, 2);
  return { ...readCard(card, path), own_signature: optional(bytes)(own, path) };
}

export function certificateParts(certificate: Certificate): readonly Part[] {
  const { programme, device, lane, role, signing_key, sealing_key } = certificate;
  const { n, revoked, last_counter, signature } = certificate;
  return [
    programme,
    device,
    lane,
    role,
    signing_key,
    sealing_key,
    n,
    revoked,
    last_counter,
    signature,
  ];
}

export function readCertificate(value: unknown, path: string): Certificate {
  const parts = tuple(value, path, 10);
  const [programme, device, lane, role, signing_key, sealing_key] = parts;
  const [n, revoked, last_counter, signature] = parts.slice(6);
  const names = { programme, device, lane, role, signing_key, sealing_key };
  return decodeCertificate({ ...names, n, revoked, last_counter, signature }, path);
}
