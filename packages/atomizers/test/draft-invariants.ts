import { expect } from 'vitest';
import type { AtomDraft } from '../src/atomizer.ts';

/** Fails unless the drafts are what {@link AtomDraft} says that drafts are. */
export function expectInvariants(drafts: readonly AtomDraft[]): void {
  const parents = new Set<number>();
  drafts.forEach((draft, index) => {
    expect(draft.ordinal).toBe(index);
    if (draft.parent !== null) {
      expect(draft.parent).toBeLessThan(draft.ordinal);
      parents.add(draft.parent);
      expect(Buffer.compare(draft.content, drafts[draft.parent]!.content)).not.toBe(0);
    }
    if (draft.startOffset !== null) expect(draft.endOffset).toBeGreaterThanOrEqual(draft.startOffset);
    if (draft.metadata !== null) expect(JSON.parse(JSON.stringify(draft.metadata))).toEqual(draft.metadata);
  });
  for (const draft of drafts) expect(draft.isLeaf).toBe(!parents.has(draft.ordinal));
}
