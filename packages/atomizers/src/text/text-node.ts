import type { AtomDraft } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';

/** A piece of a text and what it consists of. */
export interface TextNode {
  readonly atomType: string;
  readonly text: string;
  /** In UTF-16 code units from the start of the text; null where the text isn't the file's own. */
  readonly start: number | null;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Where there are any, their texts are together the text. */
  readonly children?: readonly TextNode[];
}

/**
 * Drafts of a node and of all that is in it. A node that consists of a single one is drafted as that one, with what is
 * known of both: otherwise a parent and its child would be the same content.
 */
export function* textDrafts(drafts: DraftSequence, node: TextNode, parent: number | null = null): Generator<AtomDraft> {
  const children = node.children ?? [];
  const [only] = children;
  if (children.length === 1 && only !== undefined) {
    yield* textDrafts(drafts, { ...only, metadata: { ...node.metadata, ...only.metadata } }, parent);
    return;
  }
  const ordinal = drafts.next;
  yield drafts.add({
    parent,
    atomType: node.atomType,
    contentType: node.contentType ?? 'text/plain; charset=utf-8',
    content: Buffer.from(node.text),
    canonicalText: node.text.trim(),
    metadata: node.metadata === undefined || Object.keys(node.metadata).length === 0 ? null : node.metadata,
    startOffset: node.start,
    endOffset: node.start === null ? null : node.start + node.text.length,
    isLeaf: children.length === 0,
  });
  for (const child of children) yield* textDrafts(drafts, child, ordinal);
}
