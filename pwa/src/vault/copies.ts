/** Pictures of papers: a keepsake with a key and a small picture, and the sealed chunks of the whole one. */
import { type Bytes, type Hex, toHex } from "../sync/bytes.ts";
import { fromText, toText } from "../sync/canonical.ts";
import { openAttachment, sealAttachment } from "../sync/crypto/attachments.ts";
import { list, natural, optional, text } from "../sync/decoding.ts";
import type { Values } from "../sync/revisions.ts";
import type { Store } from "../sync/store.ts";
import { chunkLines, putChunks, readChunk } from "./chunks.ts";
import type { Environment } from "./environment.ts";
import { DamagedError } from "./errors.ts";
import type { Copies, Copy, IndexLine, Keepsake, NewCopy } from "./face.ts";
import type { VaultKeepsakes } from "./keepsakes.ts";

export class VaultCopies implements Copies {
  readonly #store: Store;
  readonly #keepsakes: VaultKeepsakes;
  readonly #environment: Pick<Environment, "now">;

  constructor(store: Store, keepsakes: VaultKeepsakes, environment: Pick<Environment, "now">) {
    this.#store = store;
    this.#keepsakes = keepsakes;
    this.#environment = environment;
  }

  lines(): readonly IndexLine[] {
    return this.#keepsakes.lines("copy");
  }

  async read(id: Hex): Promise<Copy> {
    return copyOf(await this.#keepsakes.read(id));
  }

  async keep({ name, media, content, thumbnail }: NewCopy): Promise<Hex> {
    // Sealed once, before the change, which may run again: one key, one attachment.
    const { key, chunks } = await sealAttachment(content);
    const values: Values = {
      name,
      media,
      size: content.length,
      key: toText(key),
      chunks: chunks.map(({ address }) => toText(address)),
      thumbnail: toText(thumbnail),
    };
    const order = this.#environment.now();
    return this.#keepsakes.keep("copy", values, { order }, (change, id) =>
      putChunks(change, id, chunks),
    );
  }

  async rename(id: Hex, name: string, draft?: Hex): Promise<void> {
    const { values } = await this.#keepsakes.read(id);
    const order = this.lines().find((line) => line.id === id)?.order ?? this.#environment.now();
    await this.#keepsakes.keep("copy", { ...values, name }, { order, replaces: id, draft });
  }

  async content(id: Hex): Promise<Bytes> {
    const { values } = await this.#keepsakes.read(id);
    const { key, addresses, size } = attachmentOf(values);
    const lines = chunkLines(this.#store, id);
    const sealed = addresses.map(async (address) => {
      const line = lines.find((each) => each.address === address);
      if (line === undefined) throw new DamagedError();
      return readChunk(this.#store, line.row);
    });
    const chunks = await Promise.all(sealed);
    try {
      const content = await openAttachment(key, chunks);
      if (content.length !== size) throw new DamagedError();
      return content;
    } catch (cause) {
      throw new DamagedError({ cause });
    }
  }

  async delete(id: Hex, draft?: Hex): Promise<void> {
    await this.#keepsakes.delete(id, draft);
  }
}

/** What opens a copy's attachment: its key, its chunks' addresses in their order, its bytes. Throws DamagedError. */
export function attachmentOf(values: Values): { key: Bytes; addresses: Hex[]; size: number } {
  try {
    return {
      key: fromText(text(values["key"], "$.key")),
      addresses: list(text)(values["chunks"], "$.chunks").map((each) => toHex(fromText(each))),
      size: natural(values["size"], "$.size"),
    };
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

function copyOf({ id, values, created }: Keepsake): Copy {
  try {
    return {
      id,
      name: optional(text)(values["name"], "$.name") ?? "",
      media: text(values["media"], "$.media"),
      thumbnail: fromText(text(values["thumbnail"], "$.thumbnail")),
      created,
    };
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}
