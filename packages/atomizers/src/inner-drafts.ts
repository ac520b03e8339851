import type { AtomDraft, AtomizerContext, ChosenAtomizer } from './atomizer.ts';
import type { DraftSequence } from './draft-sequence.ts';

/**
 * The drafts of a text that stands within a file in another form than in a file of its own: encoded, or compressed. Places in it aren't
 * places in the file; those in a member of it still count from the member's beginning.
 */
export async function* innerDrafts(
  drafts: DraftSequence,
  { atomizer, source }: ChosenAtomizer,
  context: AtomizerContext,
): AsyncGenerator<AtomDraft> {
  const base = drafts.next;
  let isMember = false;
  for await (const draft of atomizer.atomize(source, context)) {
    if (draft.parent === null) isMember = draft.ownOffsets;
    const isInMember = isMember && draft.parent !== null;
    yield drafts.adopt(isInMember ? draft : { ...draft, startOffset: null, endOffset: null }, base, null);
  }
}
