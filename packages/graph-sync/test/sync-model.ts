import fc from 'fast-check';

/** An atom's row; `undefined` means that there is none. */
export type AtomRow =
  | {
      readonly text: string;
      readonly tenant: number;
      /** The row isn't what its entity declares, so its messages go to the dead letters until somebody puts it right. */
      readonly refused: boolean;
    }
  | undefined;

/** An edge's ends, which are atoms of tenant 0, and its type; `undefined` means that there is no such row. */
export type EdgeRow =
  | { readonly child: number; readonly parent: number; readonly type: 'DERIVED_FROM' | 'MERGED_FROM' }
  | undefined;

/** A model's version, whose name no other row may have; `undefined`: no such row. */
type VersionRow = string | undefined;

/** SQL Server's side: the tables and what they hold now. */
export interface Tables {
  readonly atoms: Map<number, AtomRow>;
  readonly edges: Map<number, EdgeRow>;
  readonly versions: Map<number, VersionRow>;
}

/** A message: which row changed and whose it was, never to what. */
interface Message {
  readonly serial: number;
  readonly kind: 'atom' | 'edge' | 'version';
  readonly id: number;
  readonly tenant: number;
}

/** What a batch found in SQL, with what its messages say about whose the rows are. */
export interface Read {
  readonly atoms: ReadonlyMap<number, { readonly row: AtomRow; readonly named: ReadonlySet<number> }>;
  readonly edges: ReadonlyMap<number, EdgeRow>;
  readonly versions: ReadonlyMap<number, VersionRow>;
}

/** One thing that happens. Workers advance one step at a time, so their steps mix in every order. */
export type Happening =
  | { readonly kind: 'atom'; readonly id: number; readonly row: AtomRow }
  | { readonly kind: 'edge'; readonly id: number; readonly row: EdgeRow }
  | { readonly kind: 'version'; readonly id: number; readonly row: VersionRow }
  /** A message without a change: sent twice, or by somebody who isn't sure. */
  | { readonly kind: 'again'; readonly of: 'atom' | 'edge'; readonly id: number; readonly tenant: number }
  | { readonly kind: 'replay' }
  /** All tombstones go, however young: a machine that was suspended may come back after any time. */
  | { readonly kind: 'purge' }
  | { readonly kind: 'step'; readonly worker: number }
  | { readonly kind: 'crash'; readonly worker: number };

/** The graph's side. */
export interface ModelGraph {
  /** `passed`: nothing was written, because tombstones of this number or a greater one are gone. */
  apply(read: Read, sequence: bigint): Promise<'applied' | 'passed'> | 'applied' | 'passed';
  purge(): Promise<void> | void;
}

const ids = fc.integer({ min: 1, max: 3 });
const tenants = fc.integer({ min: 0, max: 1 });
const workers = fc.integer({ min: 0, max: 2 });
const absent = fc.constant(undefined);

const atomRows: fc.Arbitrary<AtomRow> = fc.record({
  text: fc.string({ maxLength: 3 }),
  tenant: tenants,
  refused: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const edgeRows: fc.Arbitrary<EdgeRow> = fc.record({
  child: ids,
  parent: ids,
  type: fc.constantFrom('DERIVED_FROM' as const, 'MERGED_FROM' as const),
});

const atomChanges = fc.record({ kind: fc.constant('atom' as const), id: ids, row: fc.oneof(atomRows, absent) });
const edgeChanges = fc.record({ kind: fc.constant('edge' as const), id: ids, row: fc.oneof(edgeRows, absent) });
// Two versions for three rows: they must take turns.
const versionChanges = fc.record({
  kind: fc.constant('version' as const),
  id: ids,
  row: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('v1', 'v2') }, { weight: 1, arbitrary: absent }),
});
const repeats = fc.record({
  kind: fc.constant('again' as const),
  of: fc.constantFrom('atom' as const, 'edge' as const),
  id: ids,
  tenant: tenants,
});

function historiesOf(
  lengths: fc.ArrayConstraints,
  ...changes: readonly fc.Arbitrary<Happening>[]
): fc.Arbitrary<Happening[]> {
  return fc.array(
    fc.oneof(
      ...changes.map((arbitrary) => ({ weight: 8 / changes.length, arbitrary })),
      { weight: 2, arbitrary: repeats },
      { weight: 1, arbitrary: fc.constant({ kind: 'replay' as const }) },
      { weight: 2, arbitrary: fc.constant({ kind: 'purge' as const }) },
      { weight: 18, arbitrary: fc.record({ kind: fc.constant('step' as const), worker: workers }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('crash' as const), worker: workers }) },
    ),
    { minLength: 30, maxLength: 80, ...lengths },
  );
}

/** Histories of changes, moves, deletes, new inserts, repeated messages, workers' steps, crashes, purges and replays. */
export const histories = historiesOf({}, atomChanges, edgeChanges);

/** Histories of versions, whose names pass from row to row; long ones, because it takes several for two to collide. */
export const versionHistories = historiesOf({ size: 'max' }, versionChanges);

/** Histories of atoms that come and go, with one worker that is nearly always suspended; among others, such are rare. */
export const suspensions: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('atom' as const),
        id: ids,
        row: fc.oneof(atomRows, absent),
      }),
    },
    { weight: 12, arbitrary: fc.constant({ kind: 'step' as const, worker: 0 }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'step' as const, worker: 1 }) },
    { weight: 4, arbitrary: fc.constant({ kind: 'purge' as const }) },
  ),
  { minLength: 30, maxLength: 80, size: 'max' },
);

/** How workers work: as designed, or wrongly in a way that the model must catch. */
export interface Design {
  /** When a worker takes its fencing number. */
  readonly sequence: 'before reading' | 'after reading';
  /** Which server commits first. */
  readonly commit: 'graph first' | 'SQL first';
}

export const asDesigned: Design = { sequence: 'before reading', commit: 'graph first' };

interface Worker {
  messages: Message[];
  sequence: bigint | undefined;
  read: Read | undefined;
  applied: boolean;
  committed: boolean;
}

const idle = (): Worker => ({ messages: [], sequence: undefined, read: undefined, applied: false, committed: false });

/** Messages that a batch takes at most: several about one row become one, as in the worker. */
const batchSize = 3;

/** How a history ended. */
export interface Outcome {
  readonly sql: Tables;
  /** Messages that were received and committed other than once; none, if all is well. */
  readonly notOnce: readonly Message[];
  /** Crashes after the commit in one server and before that in the other. */
  readonly crashesBetween: number;
  /** Batches that took another number and read again, because tombstones of theirs were gone. */
  readonly readAgain: number;
}

/**
 * Plays a history, lets every worker finish, drains the queue, puts refused rows right, replays the dead letters, and
 * drains again. `nextSequence` must go on rising between histories that share a graph.
 */
export async function play(
  history: readonly Happening[],
  graph: ModelGraph,
  nextSequence: () => bigint,
  design: Design = asDesigned,
): Promise<Outcome> {
  const sql: Tables = { atoms: new Map(), edges: new Map(), versions: new Map() };
  const team = [idle(), idle(), idle()];
  const sent: Message[] = [];
  const queue: Message[] = [];
  const deadLetters: Message[] = [];
  const commits = new Map<number, number>();
  let crashesBetween = 0;
  let readAgain = 0;

  const send = (kind: Message['kind'], id: number, tenant: number) => {
    const message = { serial: sent.length, kind, id, tenant };
    sent.push(message);
    queue.push(message);
  };
  const replay = () => {
    for (const { kind, id, tenant } of deadLetters.splice(0)) send(kind, id, tenant);
  };
  const commit = (worker: Worker) => {
    for (const message of worker.messages) {
      commits.set(message.serial, (commits.get(message.serial) ?? 0) + 1);
      const found = message.kind === 'atom' ? worker.read?.atoms.get(message.id)?.row : undefined;
      if (found?.refused === true) deadLetters.push(message);
    }
    worker.committed = true;
  };

  const step = async (worker: Worker): Promise<void> => {
    const { messages, sequence, read, applied, committed } = worker;
    if (messages.length === 0) worker.messages = queue.splice(0, batchSize);
    else if (sequence === undefined && (design.sequence === 'before reading' || read !== undefined)) {
      worker.sequence = nextSequence();
    } else if (read === undefined) worker.read = readRows(sql, messages);
    else if (design.commit === 'SQL first' && !committed) commit(worker);
    else if (!applied && sequence !== undefined) {
      if ((await graph.apply(read, sequence)) === 'applied') worker.applied = true;
      else {
        readAgain += 1;
        Object.assign(worker, { sequence: undefined, read: undefined });
      }
    } else {
      if (!committed) commit(worker);
      Object.assign(worker, idle());
    }
  };
  const crash = (worker: Worker) => {
    if (worker.applied !== worker.committed) crashesBetween += 1;
    // The transaction rolls back: the messages are in the queue again; what was applied stays applied.
    if (!worker.committed) queue.push(...worker.messages);
    Object.assign(worker, idle());
  };
  const drain = async () => {
    for (const worker of team) while (worker.messages.length > 0) await step(worker);
    const last = team[0] ?? idle();
    while (queue.length > 0) {
      do await step(last);
      while (last.messages.length > 0);
    }
  };

  for (const happening of history) {
    const worker = 'worker' in happening ? team[happening.worker] : undefined;
    if (happening.kind === 'atom') {
      // Of a row that goes, the tenant that it was in.
      const tenant = (happening.row ?? sql.atoms.get(happening.id))?.tenant ?? 0;
      sql.atoms.set(happening.id, happening.row);
      send('atom', happening.id, tenant);
    } else if (happening.kind === 'edge') {
      sql.edges.set(happening.id, happening.row);
      send('edge', happening.id, 0);
    } else if (happening.kind === 'version') {
      const { id, row } = happening;
      sql.versions.set(id, row);
      send('version', id, 0);
      for (const other of takeFromOthers(sql, id, row)) send('version', other, 0);
    } else if (happening.kind === 'again') send(happening.of, happening.id, happening.tenant);
    else if (happening.kind === 'replay') replay();
    else if (happening.kind === 'purge') await graph.purge();
    else if (worker !== undefined && happening.kind === 'step') await step(worker);
    else if (worker !== undefined) crash(worker);
  }
  await drain();
  for (const [id, row] of sql.atoms) if (row?.refused === true) sql.atoms.set(id, { ...row, refused: false });
  replay();
  await drain();
  return { sql, notOnce: sent.filter(({ serial }) => commits.get(serial) !== 1), crashesBetween, readAgain };
}

/** SQL Server lets one row only have a version: in the same transaction the others lose theirs, with their messages. */
function takeFromOthers({ versions }: Tables, id: number, row: VersionRow): number[] {
  const others = [...versions].filter(([other, version]) => other !== id && row !== undefined && version === row);
  for (const [other] of others) versions.set(other, undefined);
  return others.map(([other]) => other);
}

function readRows(sql: Tables, messages: readonly Message[]): Read {
  const atoms = new Map<number, { row: AtomRow; named: Set<number> }>();
  const edges = new Map<number, EdgeRow>();
  const versions = new Map<number, VersionRow>();
  for (const { kind, id, tenant } of messages) {
    if (kind === 'edge') edges.set(id, sql.edges.get(id));
    else if (kind === 'version') versions.set(id, sql.versions.get(id));
    else if (atoms.has(id)) atoms.get(id)?.named.add(tenant);
    else atoms.set(id, { row: sql.atoms.get(id), named: new Set([tenant]) });
  }
  return { atoms, edges, versions };
}

/** What the graph must look like: rows, and placeholders for ends that have none. Sorted lines. */
export function expectedGraph(sql: Tables): string[] {
  const lines: string[] = [];
  const needed = new Set<string>();
  for (const [id, row] of sql.edges) {
    if (row === undefined) continue;
    lines.push(`edge ${id}: ${row.child}/0 ${row.type} ${row.parent}/0`);
    needed.add(`${row.child}/0`).add(`${row.parent}/0`);
  }
  for (const [id, row] of sql.atoms) {
    if (row === undefined) continue;
    lines.push(`atom ${id}/${row.tenant}: ${row.text}`);
    needed.delete(`${id}/${row.tenant}`);
  }
  for (const [id, version] of sql.versions) if (version !== undefined) lines.push(`version ${id}: ${version}`);
  for (const key of needed) lines.push(`placeholder ${key}`);
  return lines.sort();
}
