import type { AtomDraft } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import type { JsonRecord, JsonValue } from './json-reader.ts';

/** Drafts of a value and, for a record, of the values in it. */
export function* jsonDrafts(
  drafts: DraftSequence,
  { value, values }: JsonRecord,
  base: { readonly offset: number; readonly metadata: Readonly<Record<string, unknown>> } = { offset: 0, metadata: {} },
): Generator<AtomDraft> {
  const ordinal = drafts.next;
  const add = (each: JsonValue, parent: number | null, isLeaf: boolean): AtomDraft =>
    drafts.add({
      parent,
      atomType: isLeaf ? 'json-value' : 'json-record',
      contentType: 'application/json',
      content: each.raw,
      canonicalText: each.text,
      metadata: { pointer: each.pointer, type: each.type, ...base.metadata },
      startOffset: base.offset + each.start,
      endOffset: base.offset + each.start + each.raw.length,
      isLeaf,
    });
  yield add(value, null, values.length === 0);
  for (const each of values) yield add(each, ordinal, true);
}
