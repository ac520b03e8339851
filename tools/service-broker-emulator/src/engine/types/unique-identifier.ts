import { randomUUID } from 'node:crypto';

const pattern = /^\s*\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/i;

/** Reads a GUID, with or without braces; what follows its 36 characters is ignored, as SQL Server does. */
export function parseGuid(text: string): string | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  if (text.trimStart().startsWith('{') && !text.slice(match[0].length).startsWith('}')) return undefined;
  return match[1]?.toUpperCase();
}

/** Position in the 32 hex digits of each stored byte: the first three groups are stored backwards. */
const storage = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** The 16 bytes of a GUID as SQL Server stores and sends them. */
export function guidToBytes(guid: string): Uint8Array {
  const written = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Buffer.from(storage.map((index) => written[index] ?? 0));
}

/** The GUID of 16 bytes; missing bytes count as zero. */
export function guidFromBytes(bytes: Uint8Array): string {
  const written = Buffer.alloc(16);
  for (const [stored, index] of storage.entries()) written[index] = bytes[stored] ?? 0;
  const hex = written.toString('hex').toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** NEWID(). */
export function newGuid(): string {
  return randomUUID().toUpperCase();
}

/**
 * Makes a source of GUIDs that grow in SQL Server's own order, as NEWSEQUENTIALID() does: a random node and a counter
 * in the group that is compared last.
 */
export function makeSequentialGuids(): () => string {
  const node = randomUUID().toUpperCase().slice(8);
  let counter = 0;
  return () => {
    counter = (counter + 1) >>> 0;
    const little = Buffer.alloc(4);
    // Storage order is compared from the last byte of the first group as written, so the counter is written backwards.
    little.writeUInt32LE(counter);
    return `${little.toString('hex').toUpperCase()}${node}`;
  };
}
