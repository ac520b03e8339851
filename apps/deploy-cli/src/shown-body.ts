import { redactText } from '@hartonomous/redaction';

/** The body of a message as a command may show it. */
export interface ShownBody {
  readonly bodyText: string | null;
  /** Null where the text had a secret in it, such as the signature of an address: its bytes have it, too. */
  readonly bodyHex: string | null;
}

/** @param text what the bytes say; null for a message without a body */
export function shownBody(bytes: Uint8Array | null, text: string | null): ShownBody {
  const bodyText = text === null ? null : redactText(text);
  const isWhole = bodyText === text;
  return { bodyText, bodyHex: bytes !== null && isWhole ? Buffer.from(bytes).toString('hex') : null };
}
