import type { AtomDraft } from '@hartonomous/atomizers';
import { describe, expect, it } from 'vitest';
import { DraftSlices } from './draft-slices.ts';
import { DraftContractError } from './errors.ts';

function draft(ordinal: number, parent: number | null, text: string, given: Partial<AtomDraft> = {}): AtomDraft {
  return {
    ordinal,
    parent,
    atomType: 'paragraph',
    contentType: 'text/plain',
    content: Buffer.from(text),
    canonicalText: text,
    metadata: null,
    values: null,
    derivationType: 'paragraph-of',
    startOffset: null,
    endOffset: null,
    isLeaf: true,
    ownOffsets: false,
    ...given,
  };
}

const section = { atomType: 'section', isLeaf: false };
const limits = { atoms: 100, bytes: 10_000 };

describe('DraftSlices', () => {
  it('makes one atom of equal content of one type, and an edge for each place', () => {
    const slices = new DraftSlices(limits);
    for (const [index, text] of ['a', 'b', 'a'].entries()) slices.add(draft(index, null, text));
    slices.add(draft(3, null, 'a', { atomType: 'sentence' }));
    const { atoms, edges, pieces } = slices.take();
    expect(atoms.map(({ atomType, canonicalText }) => [atomType, canonicalText])).toEqual([
      ['paragraph', 'a'],
      ['paragraph', 'b'],
      ['sentence', 'a'],
    ]);
    expect(edges.map(({ slot, sequence, parent }) => [slot, sequence, parent.ordinal])).toEqual([
      [0, 0, -1],
      [1, 1, -1],
      [0, 2, -1],
      [2, 3, -1],
    ]);
    expect(pieces).toBe(4);
  });

  it('counts offsets and sequence from the parent, so that equal parents have equal edges', () => {
    const slices = new DraftSlices(limits);
    slices.add(draft(0, null, 'one. two.', { ...section, startOffset: 0, endOffset: 9 }));
    slices.add(draft(1, 0, 'one. ', { startOffset: 0, endOffset: 5 }));
    slices.add(draft(2, 0, 'two.', { startOffset: 5, endOffset: 9 }));
    slices.add(draft(3, null, 'one. two.', { ...section, startOffset: 20, endOffset: 29 }));
    slices.add(draft(4, 3, 'one. ', { startOffset: 20, endOffset: 25 }));
    const { edges } = slices.take();
    const inner = edges.filter(({ parent }) => parent.ordinal >= 0);
    expect(inner.map(({ slot, sequence, startOffset, endOffset }) => [slot, sequence, startOffset, endOffset])).toEqual(
      [
        [1, 0, 0, 5],
        [2, 1, 5, 9],
        [1, 0, 0, 5],
      ],
    );
    expect(inner.map(({ parent }) => [parent.slot, parent.isRepeated])).toEqual([
      [0, false],
      [0, false],
      [0, true],
    ]);
  });

  it('leaves the offsets below a draft with offsets of its own as they are', () => {
    const slices = new DraftSlices(limits);
    slices.add(
      draft(0, null, 'member', {
        atomType: 'member',
        isLeaf: false,
        ownOffsets: true,
        startOffset: 500,
        endOffset: 506,
      }),
    );
    slices.add(draft(1, 0, 'memb', { startOffset: 0, endOffset: 4 }));
    expect(slices.take().edges.map(({ startOffset }) => startOffset)).toEqual([500, 0]);
  });

  it('hands parents on to later slices, and keeps no more than the way to the last draft', () => {
    const slices = new DraftSlices({ atoms: 2, bytes: 10_000 });
    slices.add(draft(0, null, 'closed', section));
    expect(slices.isFull).toBe(false);
    slices.add(draft(1, null, 'open', section));
    expect(slices.isFull).toBe(true);
    const first = slices.take();
    expect(first.openParents.map(({ slot, ordinal }) => [slot, ordinal])).toEqual([[1, 1]]);
    slices.add(draft(2, 1, 'child'));
    const second = slices.take();
    expect(second.edges[0]?.parent).toBe(first.openParents[0]);
    expect(second).toMatchObject({ number: 1, openParents: first.openParents });
  });

  it('knows the ids of parents that later slices lead to once it has them', () => {
    const slices = new DraftSlices({ atoms: 1, bytes: 10_000 });
    slices.add(draft(0, null, 'open', section));
    const first = slices.take();
    slices.add(draft(1, 0, 'child'));
    const { edges } = slices.take();
    expect(edges[0]?.parent).toMatchObject({ slice: 0, slot: 0, atomId: null, isRepeated: false });
    expect(() => slices.written(first.number, [])).toThrow('the atom of draft 0, which slice 0 leaves open');
    slices.written(first.number, [{ ordinal: 0, atomId: 7n, isNew: false }]);
    expect(edges[0]?.parent).toMatchObject({ atomId: 7n, isRepeated: true });
  });

  it('goes on behind slices that were written before, with the ids that are kept of them', () => {
    const slices = new DraftSlices({ atoms: 1, bytes: 10_000 });
    slices.add(draft(0, null, 'outer', section));
    slices.take();
    slices.add(draft(1, 0, 'inner', section));
    const { number } = slices.take();
    slices.written(number, [
      { ordinal: 0, atomId: 7n, isNew: null },
      { ordinal: 1, atomId: 8n, isNew: true },
    ]);
    slices.add(draft(2, 1, 'child'));
    slices.add(draft(3, 0, 'another'));
    expect(slices.take().edges.map(({ parent }) => parent.atomId)).toEqual([8n, 7n]);
  });

  it('has a digest over all slices that distinguishes one way of taking a file apart from another', () => {
    const digestOf = (...drafts: AtomDraft[]) => {
      const slices = new DraftSlices({ atoms: 1, bytes: 10_000 });
      let digest = Buffer.alloc(0);
      for (const each of drafts) {
        slices.add(each);
        digest = Buffer.from(slices.take().digest);
      }
      return digest.toString('hex');
    };
    const same = () => digestOf(draft(0, null, 'a', section), draft(1, 0, 'b'));
    expect(same()).toBe(same());
    expect(digestOf(draft(0, null, 'c', section), draft(1, 0, 'b'))).not.toBe(same());
    expect(digestOf(draft(0, null, 'a', section), draft(1, null, 'b'))).not.toBe(same());
    expect(digestOf(draft(0, null, 'a', section), draft(1, 0, 'b', { startOffset: 0 }))).not.toBe(same());
  });

  it('is full by bytes of text too', () => {
    const slices = new DraftSlices({ atoms: 100, bytes: 10 });
    slices.add(draft(0, null, 'abcde'));
    expect(slices.isFull).toBe(true);
  });

  it('keeps content of up to 64 bytes in the atom', () => {
    const slices = new DraftSlices(limits);
    slices.add(draft(0, null, 'x'.repeat(64)));
    slices.add(draft(1, null, 'x'.repeat(65)));
    expect(slices.take().atoms.map(({ atomicValue }) => atomicValue?.length ?? null)).toEqual([64, null]);
  });

  it.each([
    ['a parent that never came', draft(1, 7, 'x')],
    ['a leaf as parent', draft(1, 0, 'x')],
  ])('refuses %s', (_what, bad) => {
    const slices = new DraftSlices(limits);
    slices.add(draft(0, null, 'leaf'));
    expect(() => slices.add(bad)).toThrow(DraftContractError);
  });
});
