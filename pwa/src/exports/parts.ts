/** Bytes of their own memory, which may go from a thread to a page without being copied. */
export type Bytes = Uint8Array<ArrayBuffer>;
