import type { CommonTableExpression, TableSource } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { FunctionParameter, QueryEnvironment, RelationColumn } from './environment.ts';
import { ambiguousColumnName, invalidColumnName, unboundIdentifier, unboundStar } from './errors/name-errors.ts';
import type { Grouping } from './grouping.ts';
import type { QueryPlace } from './query-plan.ts';
import type { UsedColumns } from './used-columns.ts';
import type { WindowList } from './window.ts';

/** A row source that names can refer to; its current row is in the frame's `slot`. */
export interface ScopeSource {
  /** Alias, or the relation's own name. */
  readonly alias: string;
  /** Present when no alias was given: `schema.table.column` may then be written. */
  readonly schema?: string;
  /** How errors name the source: as the statement does. */
  readonly shown?: string;
  readonly slot: number;
  readonly columns: readonly RelationColumn[];
  /** Notes which columns are named, for permissions on columns. */
  readonly used?: UsedColumns;
  /** On the null-supplying side of an outer join. */
  optional: boolean;
}

export interface ResolvedColumn {
  readonly scope: Scope;
  /** 0 = this query, 1 = the one around it. */
  readonly depth: number;
  readonly slot: number;
  readonly ordinal: number;
  readonly column: RelationColumn;
  readonly nullable: boolean;
  readonly source: ScopeSource;
}

/** A common table expression in force, with where its own names resolve. */
export interface CteBinding {
  readonly expression: CommonTableExpression;
  /** Where its query stands: the expressions defined before it, and the query around the WITH clause. */
  readonly place: QueryPlace;
  /** Set while the recursive part of this expression is compiled: what a reference to itself reads. */
  readonly working?: WorkingTable;
}

/** The rows of the latest round of a recursive expression; `key` finds them in {@link Run.results}. */
export interface WorkingTable {
  readonly columns: readonly RelationColumn[];
  readonly key: object;
}
export type CteBindings = ReadonlyMap<string, CteBinding>;

/** Which clause is being compiled: decides what may appear in it and how errors name it. */
export type Clause =
  | 'select list'
  | 'HAVING clause'
  | 'ORDER BY clause'
  | 'WHERE clause'
  | 'ON clause'
  | 'GROUP BY clause'
  | 'FROM clause'
  | 'SET clause'
  | 'other';

/** The names that a query's expressions can use. A subquery's scope has the query around it as `outer`. */
export class Scope {
  readonly environment: QueryEnvironment;
  readonly outer: Scope | undefined;
  readonly ctes: CteBindings;
  /** What names may refer to now: while an ON clause is compiled, the sources under its join only. */
  sources: readonly ScopeSource[] = [];
  /** Parameters of the inline function whose body this scope surrounds; their values are the row in slot 0. */
  readonly parameters:
    | ReadonlyMap<string, { readonly parameter: FunctionParameter; readonly ordinal: number }>
    | undefined;
  slotCount = 0;
  clause: Clause = 'other';
  /** Set once the query's rows are groups: columns then resolve to group keys. */
  grouping: Grouping | undefined;
  windows: WindowList | undefined;
  /** True when something inside refers to a query further out. */
  correlated = false;
  /** The source of FROM that UPDATE or DELETE changes, when it is not simply named. */
  target: TableSource | undefined;
  /** Called with every column that is resolved here. */
  onResolve: ((found: ResolvedColumn) => void) | undefined;
  #recorder: Set<number> | undefined;

  constructor(
    environment: QueryEnvironment,
    outer: Scope | undefined,
    ctes: CteBindings,
    parameters?: ReadonlyMap<string, { readonly parameter: FunctionParameter; readonly ordinal: number }>,
  ) {
    this.environment = environment;
    this.outer = outer;
    this.ctes = ctes;
    this.parameters = parameters;
  }

  newSlot(): number {
    return this.slotCount++;
  }

  /** Runs `compile` with only `sources` in sight. */
  seeing<T>(sources: readonly ScopeSource[], compile: () => T): T {
    const before = this.sources;
    this.sources = sources;
    try {
      return compile();
    } finally {
      this.sources = before;
    }
  }

  /** Runs `compile` and returns which slots of this scope the compiled thing reads. */
  track<T>(compile: () => T): { readonly value: T; readonly slots: ReadonlySet<number> } {
    const before = this.#recorder;
    const slots = new Set<number>();
    this.#recorder = slots;
    try {
      return { value: compile(), slots };
    } finally {
      this.#recorder = before;
      if (before !== undefined) for (const slot of slots) before.add(slot);
    }
  }

  /** Notes that something reads `slot`; {@link track} collects it. */
  use(slot: number): void {
    this.#recorder?.add(slot);
  }

  /** @throws {SqlError} 207, 209 or 4104 when the name does not mean exactly one column */
  resolve(parts: readonly string[], line: number): ResolvedColumn {
    let depth = 0;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer, depth++) {
      const found = scope.#find(parts, depth, line);
      if (found === undefined) continue;
      scope.use(found.slot);
      this.markCorrelated(depth);
      found.source.used?.add(found.ordinal);
      scope.onResolve?.(found);
      return found;
    }
    throw parts.length > 1 ? unboundIdentifier(parts, line) : invalidColumnName(parts[0] ?? '', line);
  }

  /** How many queries out the nearest source is that has a column of this name; undefined: none has. */
  depthOf(parts: readonly string[]): number | undefined {
    let depth = 0;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer, depth++) {
      if (scope.#has(parts)) return depth;
    }
    return undefined;
  }

  /** Marks this scope and those between it and `depth` queries out as correlated. */
  markCorrelated(depth: number): void {
    let inner: Scope | undefined = this;
    for (let step = 0; step < depth && inner !== undefined; step++) {
      inner.correlated = true;
      inner = inner.outer;
    }
  }

  /** Sources that `qualifier.*` means. */
  sourcesOf(qualifier: readonly string[], line: number): readonly ScopeSource[] {
    if (qualifier.length === 0)
      return this.sources.filter((source) => source.alias !== '' || source.columns.length > 0);
    const found = this.sources.filter((source) => matches(source, qualifier));
    if (found.length === 0) {
      throw unboundStar(qualifier, line);
    }
    return found;
  }

  #has(parts: readonly string[]): boolean {
    const qualifier = parts.slice(0, -1);
    const key = nameKey(parts.at(-1) ?? '');
    return this.sources.some(
      (source) =>
        (qualifier.length === 0 || matches(source, qualifier)) &&
        source.columns.some((column) => nameKey(column.name) === key),
    );
  }

  #find(parts: readonly string[], depth: number, line: number): ResolvedColumn | undefined {
    const qualifier = parts.slice(0, -1);
    const name = parts.at(-1) ?? '';
    const key = nameKey(name);
    let found: ResolvedColumn | undefined;
    let qualifierKnown = false;
    for (const source of this.sources) {
      if (qualifier.length > 0) {
        if (!matches(source, qualifier)) continue;
        qualifierKnown = true;
      }
      for (let ordinal = 0; ordinal < source.columns.length; ordinal++) {
        const column = source.columns[ordinal];
        if (column === undefined || nameKey(column.name) !== key) continue;
        if (found !== undefined) throw ambiguousColumnName(name, line);
        found = {
          scope: this,
          depth,
          slot: source.slot,
          ordinal,
          column,
          nullable: column.nullable || source.optional,
          source,
        };
      }
    }
    if (found === undefined && qualifierKnown) throw invalidColumnName(name, line);
    return found;
  }
}

function matches(source: ScopeSource, qualifier: readonly string[]): boolean {
  const table = qualifier.at(-1) ?? '';
  if (nameKey(source.alias) !== nameKey(table)) return false;
  if (qualifier.length === 1) return true;
  return source.schema !== undefined && nameKey(source.schema) === nameKey(qualifier.at(-2) ?? '');
}
