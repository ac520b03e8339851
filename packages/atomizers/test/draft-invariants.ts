import { expect } from 'vitest';
import type { AtomDraft } from '../src/atomizer.ts';

/** Fails unless the drafts are what {@link AtomDraft} says that drafts are. */
export function expectInvariants(drafts: readonly AtomDraft[]): void {
  expect(brokenRules(drafts)).toEqual([]);
}

function brokenRules(drafts: readonly AtomDraft[]): readonly string[] {
  const parents = new Set(drafts.map(({ parent }) => parent));
  return drafts.flatMap((draft, index) => {
    const { ordinal, parent, startOffset, endOffset, metadata } = draft;
    const above = parent === null ? undefined : drafts[parent];
    const rules: Readonly<Record<string, boolean>> = {
      'ordinals count from 0': ordinal === index,
      'a parent comes before its children': parent === null || (parent >= 0 && parent < ordinal),
      'no child has the content of its parent':
        above === undefined || Buffer.compare(draft.content, above.content) !== 0,
      'a leaf has no children, and what has none is a leaf': draft.isLeaf === !parents.has(ordinal),
      'offsets come in pairs and in order':
        startOffset === null ? endOffset === null : endOffset !== null && startOffset <= endOffset,
      'metadata is JSON': metadata === null || JSON.stringify(metadata) !== '{}',
      'text is well formed': draft.canonicalText?.isWellFormed() ?? true,
    };
    return Object.keys(rules)
      .filter((rule) => rules[rule] === false)
      .map((rule) => `${ordinal} ${draft.atomType}: ${rule}`);
  });
}
