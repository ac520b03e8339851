import fc from 'fast-check';

/** An atom's text, or an edge's ends and type; `undefined` means that there is no such row. */
export type AtomRow = string | undefined;
export type EdgeRow =
  | { readonly child: number; readonly parent: number; readonly type: 'DERIVED_FROM' | 'MERGED_FROM' }
  | undefined;

/** A model's version, whose name no other row may have; `undefined`: no such row. */
export type VersionRow = string | undefined;

/** SQL Server's side: the tables and what they hold now. */
export interface Tables {
  readonly atoms: Map<number, AtomRow>;
  readonly edges: Map<number, EdgeRow>;
  readonly versions: Map<number, VersionRow>;
}

/** A message: which row changed, never to what. */
export type Message = `${'atom' | 'edge' | 'version'}:${number}`;

/** One thing that happens. Workers advance one step at a time, so their steps mix in every order. */
export type Happening =
  | { readonly kind: 'atom'; readonly id: number; readonly row: AtomRow }
  | { readonly kind: 'edge'; readonly id: number; readonly row: EdgeRow }
  | { readonly kind: 'version'; readonly id: number; readonly row: VersionRow }
  | { readonly kind: 'step'; readonly worker: number }
  | { readonly kind: 'crash'; readonly worker: number };

/** The graph's side. */
export interface ModelGraph {
  apply(read: Tables, sequence: bigint): Promise<void> | void;
}

const ids = fc.integer({ min: 1, max: 3 });
const workers = fc.integer({ min: 0, max: 2 });
const absent = fc.constant(undefined);

const atomChanges = fc.record({
  kind: fc.constant('atom' as const),
  id: ids,
  row: fc.oneof(fc.string({ maxLength: 3 }), absent),
});
const edgeChanges = fc.record({
  kind: fc.constant('edge' as const),
  id: ids,
  row: fc.oneof(
    fc.record({ child: ids, parent: ids, type: fc.constantFrom('DERIVED_FROM' as const, 'MERGED_FROM' as const) }),
    absent,
  ),
});
// Two versions for three rows: they must take turns.
const versionChanges = fc.record({
  kind: fc.constant('version' as const),
  id: ids,
  row: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('v1', 'v2') }, { weight: 1, arbitrary: absent }),
});

function historiesOf(
  lengths: fc.ArrayConstraints,
  ...changes: readonly fc.Arbitrary<Happening>[]
): fc.Arbitrary<Happening[]> {
  return fc.array(
    fc.oneof(
      ...changes.map((arbitrary) => ({ weight: 4 / changes.length, arbitrary })),
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('step' as const), worker: workers }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), worker: workers }) },
    ),
    { maxLength: 60, ...lengths },
  );
}

/** Histories of atoms and edges, workers' steps and crashes. */
export const histories = historiesOf({ minLength: 10 }, atomChanges, edgeChanges);

/** Histories of versions, whose names pass from row to row; long ones, because it takes several for two to collide. */
export const versionHistories = historiesOf({ minLength: 30, size: 'max' }, versionChanges);

/** When a worker takes its fencing number: the design's place, or a wrong one that the model must catch. */
export type SequencePlace = 'before reading' | 'after reading';

interface Worker {
  messages: Message[];
  sequence: bigint | undefined;
  read: Tables | undefined;
  applied: boolean;
}

const idle = (): Worker => ({ messages: [], sequence: undefined, read: undefined, applied: false });

/**
 * Plays a history, lets every worker finish, drains the queue, and returns what SQL holds in the end. `nextSequence`
 * must go on rising between histories that share a graph.
 */
export async function play(
  history: readonly Happening[],
  graph: ModelGraph,
  nextSequence: () => bigint,
  place: SequencePlace = 'before reading',
): Promise<Tables> {
  const sql: Tables = { atoms: new Map(), edges: new Map(), versions: new Map() };
  const queue: Message[] = [];
  const team = [idle(), idle(), idle()];

  const step = async (worker: Worker): Promise<void> => {
    if (worker.messages.length === 0) worker.messages = queue.splice(0, 2);
    else if (worker.sequence === undefined && (place === 'before reading' || worker.read !== undefined)) {
      worker.sequence = nextSequence();
    } else if (worker.read === undefined) worker.read = readRows(sql, worker.messages);
    else if (!worker.applied && worker.sequence !== undefined) {
      await graph.apply(worker.read, worker.sequence);
      worker.applied = true;
    } else Object.assign(worker, idle());
  };

  for (const happening of history) {
    const worker = 'worker' in happening ? team[happening.worker] : undefined;
    if (happening.kind === 'atom') sql.atoms.set(happening.id, happening.row);
    if (happening.kind === 'edge') sql.edges.set(happening.id, happening.row);
    if (happening.kind === 'version') sql.versions.set(happening.id, happening.row);
    if ('id' in happening) {
      queue.push(`${happening.kind}:${happening.id}`);
      if (happening.kind === 'version') queue.push(...takeFromOthers(sql, happening.id, happening.row));
    } else if (worker !== undefined && happening.kind === 'step') await step(worker);
    else if (worker !== undefined) {
      // The transaction rolls back: the messages are in the queue again; what was applied stays applied.
      queue.push(...worker.messages);
      Object.assign(worker, idle());
    }
  }
  for (const worker of team) while (worker.messages.length > 0) await step(worker);
  const last = team[0] ?? idle();
  while (queue.length > 0) {
    do await step(last);
    while (last.messages.length > 0);
  }
  return sql;
}

/** SQL Server lets one row only have a version: in the same transaction the others lose theirs, with their messages. */
function takeFromOthers({ versions }: Tables, id: number, row: VersionRow): Message[] {
  const others = [...versions].filter(([other, version]) => other !== id && row !== undefined && version === row);
  for (const [other] of others) versions.set(other, undefined);
  return others.map(([other]): Message => `version:${other}`);
}

function readRows(sql: Tables, messages: readonly Message[]): Tables {
  const read: Tables = { atoms: new Map(), edges: new Map(), versions: new Map() };
  for (const message of messages) {
    const [kind, text] = message.split(':');
    const id = Number(text);
    if (kind === 'atom') read.atoms.set(id, sql.atoms.get(id));
    else if (kind === 'edge') read.edges.set(id, sql.edges.get(id));
    else read.versions.set(id, sql.versions.get(id));
  }
  return read;
}

/** What the graph must look like: rows, and placeholders for ends that have none. Sorted lines. */
export function expectedGraph(sql: Tables): string[] {
  const lines: string[] = [];
  const needed = new Set<number>();
  for (const [id, row] of sql.edges) {
    if (row === undefined) continue;
    lines.push(`edge ${id}: ${row.child} ${row.type} ${row.parent}`);
    needed.add(row.child).add(row.parent);
  }
  for (const [id, row] of sql.atoms) {
    if (row === undefined) continue;
    lines.push(`atom ${id}: ${row}`);
    needed.delete(id);
  }
  for (const [id, version] of sql.versions) if (version !== undefined) lines.push(`version ${id}: ${version}`);
  for (const id of needed) lines.push(`placeholder ${id}`);
  return lines.sort();
}
