import type { AtomSummary, LineageReader, LineageTree } from '@hartonomous/graph-sync';
import { type Drawing, describeAtom, drawingOfPath, drawingOfTree } from './drawing.ts';
import { textTable } from './text-table.ts';
import { treeText } from './tree-text.ts';

/** What a question gave, in the forms that it can be shown in. */
export interface Answer {
  /** For programs; ids are `bigint` still. */
  readonly document: object;
  /** For people. */
  readonly lines: readonly string[];
  /** For the formats that draw; not every answer can be drawn. */
  readonly drawing?: Drawing | undefined;
  /** What must be said even where the answer is drawn. */
  readonly notes?: readonly string[];
  /** False where the answer is a finding that a script should notice: a cycle, or no path. */
  readonly isFine?: boolean;
}

/** A question about an atom with its limits. */
export interface AtomQuestion {
  readonly tenantId: number;
  readonly atomId: bigint;
  readonly depth?: number | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
  readonly signal: AbortSignal;
}

/** A question about a tenant with its limits. */
export type TenantQuestion = Omit<AtomQuestion, 'atomId' | 'depth'>;

const defaultTreeAtoms = 100;

/** Ancestors, descendants, roots or leaves, as a table. */
export async function answerList(
  reader: LineageReader,
  part: 'ancestors' | 'descendants' | 'roots' | 'leaves',
  question: AtomQuestion,
): Promise<Answer> {
  const page = await reader[part](question);
  const lines = [...atomTable(page.items, ({ depth }) => String(depth)), ...ending(page, `of ${page.total} ${part}`)];
  return { document: page, lines: [...lines, ...cutLine(page)] };
}

/** The same atoms with their edges, for the formats that draw. */
export async function answerTree(
  reader: LineageReader,
  direction: 'up' | 'down' | 'both',
  { tenantId, atomId, depth, limit = defaultTreeAtoms, signal }: AtomQuestion,
): Promise<Answer> {
  const tree = await reader.tree({ tenantId, atomId, depth, direction, maxAtoms: limit, signal });
  const drawing = drawingOfTree(tree);
  return { document: tree, drawing, lines: treeText(drawing), notes: treeCut(tree) };
}

/** The way to another atom. */
export async function answerPath(reader: LineageReader, toAtomId: bigint, question: AtomQuestion): Promise<Answer> {
  const { tenantId, atomId, depth, signal } = question;
  const path = await reader.path({ tenantId, atomId, toAtomId, depth, signal });
  if (!path.found) {
    const beyond = path.truncated ? ' within the depth; there are atoms beyond it (--depth)' : '';
    return { document: path, lines: [`No way leads from ${atomId} to ${toAtomId}${beyond}.`], isFine: false };
  }
  const [first, ...others] = path.atoms;
  const lines = [
    ...(first === undefined ? [] : [describeAtom(first)]),
    ...others.flatMap((atom, step) => {
      const edge = path.edges[step];
      const arrow = edge?.parentId === atom.id ? `was made from (${edge.type})` : `went into (${edge?.type})`;
      return [`  ${arrow}`, describeAtom(atom)];
    }),
    `${path.edges.length} steps.`,
  ];
  return { document: path, drawing: drawingOfPath(path), lines };
}

/** Atoms that were merged into one. */
export async function answerMergeSources(reader: LineageReader, question: AtomQuestion): Promise<Answer> {
  const { depth: _, ...query } = question;
  const page = await reader.mergeSources(query);
  const lines = atomTable(
    page.items.map(({ atom }) => atom),
    (_atom, place) => String(page.items[place]?.edge.sequenceNumber ?? '-'),
    'order',
  );
  return { document: page, lines: [...lines, ...ending(page, 'merge sources')] };
}

/** Atoms with the same content. */
export async function answerDuplicatesOf(reader: LineageReader, question: AtomQuestion): Promise<Answer> {
  const { depth: _, ...query } = question;
  const page = await reader.duplicatesOf(query);
  return { document: page, lines: [...atomTable(page.items), ...ending(page, 'other atoms of the same content')] };
}

/** What deleting an atom would do. */
export async function answerImpact(
  reader: LineageReader,
  { tenantId, atomId, depth, limit, signal }: AtomQuestion,
): Promise<Answer> {
  const impact = await reader.deletionImpact({ tenantId, atomId, depth, signal });
  const shown = impact.affected.slice(0, limit ?? 20);
  const rows = shown.map(({ id, depth: steps, loses, becomesRoot }) => [
    ...[String(id), String(steps), loses === 'all' ? 'all of its provenance' : 'a part of its provenance'],
    becomesRoot ? 'would be left without parents' : '',
  ]);
  const { losesAll, losesPart, childEdges, parentEdges } = impact;
  const lines = [
    `Deleting atom ${atomId} would leave ${losesAll} atoms without any of their provenance and ${losesPart} with a part of it.`,
    `It has ${parentEdges} edges to parents and ${childEdges} from children` +
      (impact.staysAsPlaceholder ? '; while these are there, its node stays as a placeholder.' : '.'),
    ...(rows.length === 0 ? [] : textTable(['atom', 'steps', 'loses', ''], rows)),
    ...(impact.affected.length > shown.length ? [`${shown.length} of ${impact.affected.length} shown (--limit).`] : []),
    ...cutLine(impact),
  ];
  return { document: impact, lines };
}

/** What was done to make an atom. */
export async function answerOperations(reader: LineageReader, question: AtomQuestion): Promise<Answer> {
  const page = await reader.operations(question);
  const rows = page.items.map(({ operationId, operationType, role, atomId, depth, createdAt, performedBy }) => [
    ...[String(depth), String(operationId), operationType, role, String(atomId)],
    ...[
      createdAt?.toISOString() ?? '-',
      performedBy === null ? '-' : (performedBy.userName ?? String(performedBy.userId)),
    ],
  ]);
  const head = ['steps', 'operation', 'type', 'role', 'atom', 'when', 'who'];
  const lines = [...(rows.length === 0 ? [] : textTable(head, rows)), ...ending(page, `of ${page.total} operations`)];
  return { document: page, lines: [...lines, ...cutLine(page)] };
}

/** A table of atoms, with a first column of the caller's. */
export function atomTable<Atom extends AtomSummary>(
  atoms: readonly Atom[],
  first?: (atom: Atom, place: number) => string,
  title = 'steps',
): string[] {
  if (atoms.length === 0) return [];
  const rows = atoms.map((atom, place) => [
    ...(first === undefined ? [] : [first(atom, place)]),
    ...[String(atom.id), atom.isPlaceholder ? 'placeholder' : typeOf(atom), atom.contentType ?? '-'],
    ...[atom.createdAt?.toISOString() ?? '-', atom.preview ?? '-'],
  ]);
  return textTable([...(first === undefined ? [] : [title]), 'atom', 'type', 'content', 'created', 'text'], rows);
}

/** How many are shown, and how to see more. */
export function ending(
  { items, next }: { readonly items: readonly unknown[]; readonly next: string | null },
  what: string,
) {
  return [`${items.length} ${what}.${next === null ? '' : ` Next page: --after ${next}`}`];
}

function cutLine({ truncated }: { readonly truncated: boolean }): string[] {
  return truncated ? ['The depth cut this: there are atoms beyond it (--depth).'] : [];
}

function treeCut({ cut }: LineageTree): string[] {
  const reasons = {
    depth: 'there are atoms beyond the depth (--depth)',
    atoms: 'there are more atoms than the limit (--limit)',
    edges: 'there are more than ten edges for each atom of the limit (--limit)',
  } as const;
  return cut.map((what) => `Not all is shown: ${reasons[what]}.`);
}

function typeOf({ atomType, isUnfinished }: AtomSummary): string {
  return `${atomType ?? '-'}${isUnfinished === true ? ' (unfinished)' : ''}`;
}
