import type { AtomDraft } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';

/** Longest value in UTF-16 code units that is kept of what a document says of itself. */
export const maxInfoLength = 4096;

/**
 * What a document says of itself, as an atom; none where it says nothing.
 *
 * @param info title, author and so on, by the names that PDF has for them
 * @param more of the metadata alone
 */
export function* documentInfo(
  drafts: DraftSequence,
  info: Readonly<Record<string, string>>,
  more: Readonly<Record<string, number>> = {},
): Generator<AtomDraft> {
  if (Object.keys(info).length === 0) return;
  const kept = Object.fromEntries(
    Object.entries(info).map(([name, value]) => [name, value.slice(0, maxInfoLength).toWellFormed()]),
  );
  yield drafts.add({
    atomType: 'document-info',
    contentType: 'application/json',
    content: Buffer.from(JSON.stringify(kept)),
    canonicalText: kept.Title ?? null,
    metadata: { ...kept, ...more },
  });
}
