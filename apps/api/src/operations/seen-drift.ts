import type { GraphDrift } from '@hartonomous/graph-sync';
import type { ReconcileDrift, ReconcileProgress, ReconcileReport } from '@hartonomous/operations';
import { toJson } from '../http/json.ts';

/** Entities that are named one by one; more would bury the counts, and no program should hold a million of them. */
export const shownPerEntity = 100;

/** What a comparison has come to so far. */
export class SeenDrift {
  readonly #counts = new Map<string, Omit<ReconcileProgress, 'entity'>>();
  readonly #drift = new Map<string, ReconcileDrift[]>();
  #hasChanged = false;

  /** How far it is. */
  get report(): ReconcileReport {
    return {
      progress: Array.from(this.#counts, ([entity, counts]) => ({ entity, ...counts })),
      result: null,
      error: null,
    };
  }

  /** The first {@link shownPerEntity} of each entity. */
  get drift(): readonly ReconcileDrift[] {
    return [...this.#drift.values()].flat();
  }

  /** Another pass begins: what the one before has seen is seen anew. */
  begin(): void {
    this.#counts.clear();
    this.#drift.clear();
    this.#hasChanged = true;
  }

  /** An entity that differs. */
  add(entity: string, drift: GraphDrift): void {
    const list = this.#drift.get(entity) ?? [];
    this.#drift.set(entity, list);
    if (list.length < shownPerEntity) list.push(toJson({ entity, ...drift }));
    this.#hasChanged = true;
  }

  /** A range that was compared. */
  count(entity: string, sqlRows: number, differ: number): void {
    const before = this.#counts.get(entity) ?? { sqlRows: 0, differ: 0 };
    this.#counts.set(entity, { sqlRows: before.sqlRows + sqlRows, differ: before.differ + differ });
    this.#hasChanged = true;
  }

  /** What there is to write; nothing where nothing has changed since the last time. */
  takeChanges(): { readonly report?: ReconcileReport; readonly drift?: readonly ReconcileDrift[] } {
    if (!this.#hasChanged) return {};
    this.#hasChanged = false;
    return { report: this.report, drift: this.drift };
  }
}
