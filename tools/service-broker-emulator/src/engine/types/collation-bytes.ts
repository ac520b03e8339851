import { designatorOf } from './collation-code-page.ts';
import { collationDesignators } from './collation-designators.ts';
import { sqlCollations } from './sql-collations.ts';

/** Collation of the server and of every character type that names none: SQL_Latin1_General_CP1_CI_AS. */
export const defaultCollationBytes: Buffer = Buffer.of(0x09, 0x04, 0xd0, 0x00, 0x34);

const latin1Lcid = 0x0409;
const versions: ReadonlyMap<string, number> = new Map([
  ['90', 1],
  ['100', 2],
  ['140', 3],
]);

/**
 * The five bytes that stand for a collation on the wire: LCID (20 bits), comparison flags (8), version (4), sort id (8),
 * derived from the parts of the collation's name. Collations of earlier versions have the LCID of US English: their code
 * page is that of the sort id.
 */
export function collationBytes(name: string | undefined): Buffer {
  if (name === undefined) return defaultCollationBytes;
  const known = cache.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const parts = new Set(lower.split('_'));
  let flags = 0;
  if (parts.has('bin')) flags = 0x10;
  else if (parts.has('bin2')) flags = 0x20;
  else {
    if (!parts.has('cs')) flags |= 0x01;
    if (parts.has('ai')) flags |= 0x02;
    if (!parts.has('ks')) flags |= 0x04;
    if (!parts.has('ws')) flags |= 0x08;
  }
  if (parts.has('utf8')) flags |= 0x40;
  let version = 0;
  for (const [part, number] of versions) if (parts.has(part)) version = number;
  const bytes = Buffer.alloc(5);
  const lcid = collationDesignators.get(designatorOf(name))?.lcid ?? latin1Lcid;
  bytes.writeUInt32LE((lcid | (flags << 20) | (version << 28)) >>> 0, 0);
  bytes.writeUInt8(sqlCollations.get(lower)?.sortId ?? 0, 4);
  cache.set(name, bytes);
  return bytes;
}

const cache = new Map<string, Buffer>();
