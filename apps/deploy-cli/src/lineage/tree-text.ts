import { type Drawing, describeAtom } from './drawing.ts';

/** An edge seen from one of its ends. */
interface Branch {
  readonly id: bigint;
  readonly type: string;
}

/**
 * Lines of a tree for a terminal: first what the atom was made from, then what was made from it. An atom that is reached
 * in several ways is unfolded where it comes first, and named with a sign after that: written out each time, a set of
 * documents would fill the terminal for years.
 */
export function treeText(drawing: Drawing): string[] {
  const root = drawing.atoms.get(drawing.rootId);
  if (root === undefined) return [];
  const up = branchesBy(
    drawing,
    ({ childId }) => childId,
    ({ parentId }) => parentId,
  );
  const down = branchesBy(
    drawing,
    ({ parentId }) => parentId,
    ({ childId }) => childId,
  );
  const lines = [describeAtom(root)];
  for (const [title, branches] of [['made from', up] as const, ['went into', down] as const]) {
    if ((branches.get(root.id)?.length ?? 0) === 0) continue;
    lines.push(`${title}:`);
    unfold(drawing, branches, lines);
  }
  return lines;
}

/** Depth first with a list of its own: a chain may be longer than the call stack is deep. */
function unfold(drawing: Drawing, branches: ReadonlyMap<bigint, readonly Branch[]>, lines: string[]): void {
  const shown = new Set([drawing.rootId]);
  const open = entriesOf(branches, drawing.rootId, '');
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { branch, indent, isLast } = entry;
    const atom = drawing.atoms.get(branch.id);
    const text = atom === undefined ? String(branch.id) : describeAtom(atom);
    const type = branch.type === 'DERIVED_FROM' ? '' : ` [${branch.type}]`;
    const isKnown = shown.has(branch.id);
    const hasMore = (branches.get(branch.id)?.length ?? 0) > 0;
    const again = isKnown && hasMore ? ' ↑ shown above' : '';
    lines.push(`${indent}${isLast ? '└─ ' : '├─ '}${isKnown ? String(branch.id) : text}${type}${again}`);
    if (isKnown) continue;
    shown.add(branch.id);
    open.push(...entriesOf(branches, branch.id, `${indent}${isLast ? '   ' : '│  '}`));
  }
}

function entriesOf(branches: ReadonlyMap<bigint, readonly Branch[]>, id: bigint, indent: string) {
  const list = branches.get(id) ?? [];
  // What is taken first must be last.
  return list.map((branch, place) => ({ branch, indent, isLast: place === list.length - 1 })).toReversed();
}

function branchesBy(
  { edges }: Drawing,
  from: (edge: Drawing['edges'][number]) => bigint,
  to: (edge: Drawing['edges'][number]) => bigint,
): ReadonlyMap<bigint, readonly Branch[]> {
  const branches = new Map<bigint, Branch[]>();
  for (const edge of edges) {
    const list = branches.get(from(edge));
    const branch = { id: to(edge), type: edge.type };
    if (list === undefined) branches.set(from(edge), [branch]);
    else list.push(branch);
  }
  for (const list of branches.values()) list.sort((a, b) => Number(a.id - b.id));
  return branches;
}
