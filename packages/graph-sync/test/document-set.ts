import { atom, atomProvenance, type GraphRecord, toGraphRecord } from '@hartonomous/provenance-schema';

/** Atoms and edges between them, as they come from SQL. */
export interface DocumentSet {
  readonly atoms: readonly GraphRecord[];
  readonly edges: readonly GraphRecord[];
  /** Ids of the atoms of each level, the source documents first. */
  readonly levels: readonly (readonly bigint[])[];
}

/** How large a {@link documentSet} is. */
export interface DocumentSetShape {
  readonly atoms: number;
  readonly levels: number;
  readonly tenantId: number;
  /** Id of the first atom and of the first edge. */
  readonly firstId?: bigint;
}

/** One atom in this many has the content of another one. */
const duplicateEvery = 50;

/**
 * A set of documents and what was made from them, level by level: an atom derives from one to three atoms of the level
 * above, as a rule of the same document, and one in ten is merged from two documents. So nearly every atom is reached
 * by many ways (diamonds), as in real provenance. The same arguments give the same set.
 */
export function documentSet({ atoms: count, levels: depth, tenantId, firstId = 1n }: DocumentSetShape): DocumentSet {
  const random = generator(42);
  const pick = (from: readonly bigint[], near: number) => {
    const place = Math.floor(near + (random() - 0.5) * from.length * 0.04);
    return from[Math.min(from.length - 1, Math.max(0, place))] ?? firstId;
  };
  const levels: bigint[][] = [];
  const atoms: GraphRecord[] = [];
  const edges: GraphRecord[] = [];
  const sources = Math.ceil(count / (depth * 4));
  const perLevel = (count - sources) / (depth - 1);
  for (let level = 0; level < depth; level += 1) {
    const first = level === 0 ? 0 : sources + Math.floor((level - 1) * perLevel);
    const after = level === 0 ? sources : sources + Math.floor(level * perLevel);
    const above = levels.at(-1) ?? [];
    const ids: bigint[] = [];
    for (let n = first; n < after; n += 1) {
      const id = firstId + BigInt(n);
      ids.push(id);
      atoms.push(atomOf(id, tenantId, level, n));
      if (level === 0) continue;
      const near = ((n - first) / (after - first)) * above.length;
      const isMerged = random() < 0.1;
      const parents = new Set<bigint>();
      const wanted = isMerged ? 2 : 1 + Math.floor(random() * 3);
      for (let parent = 0; parent < wanted; parent += 1) {
        parents.add(pick(above, isMerged ? random() * above.length : near));
      }
      for (const parent of parents) {
        edges.push(edgeOf(firstId + BigInt(edges.length), tenantId, id, parent, isMerged));
      }
    }
    levels.push(ids);
  }
  return { atoms, edges, levels };
}

function atomOf(id: bigint, tenantId: number, level: number, n: number): GraphRecord {
  const content = n % duplicateEvery === 0 ? n - (n % (duplicateEvery * 2)) : n;
  return toGraphRecord(atom, {
    AtomId: String(id),
    TenantId: tenantId,
    AtomType: level === 0 ? 'document' : 'text',
    ContentType: level === 0 ? 'application/pdf' : 'text/plain',
    ContentHash: Buffer.from(content.toString(16).padStart(64, '0'), 'hex'),
    CanonicalText: level === 0 ? `Document ${n}` : `Level ${level}, atom ${n}: a sentence of a document.`,
    Metadata: null,
    CreatedAt: new Date(Date.UTC(2026, 0, 1) + n * 1000),
    Classification: null,
    Embedding: null,
  });
}

function edgeOf(id: bigint, tenantId: number, child: bigint, parent: bigint, isMerged: boolean): GraphRecord {
  return toGraphRecord(atomProvenance, {
    AtomProvenanceId: String(id),
    TenantId: tenantId,
    ChildAtomId: String(child),
    ParentAtomId: String(parent),
    RelationType: isMerged ? 'MERGED_FROM' : 'DERIVED_FROM',
    DerivationType: isMerged ? 'merge' : 'split',
    SequenceNumber: null,
    CreatedAt: new Date(Date.UTC(2026, 0, 1)),
    StartOffset: null,
    EndOffset: null,
  });
}

/** Numbers from 0 to below 1, the same after the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
