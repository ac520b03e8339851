import type { SequenceDefinition, SequenceState } from '../catalog/catalog-object.ts';
import type { DatabaseStore } from './database-store.ts';
import { DurableCounter } from './durable-counter.ts';
import { sequenceExhausted } from './errors.ts';

/**
 * A sequence object. NEXT VALUE FOR never waits and is never taken back. With CACHE n the durable store is written once
 * per n values, and after the process was killed the sequence jumps ahead by up to n, as SQL Server's does.
 */
export class Sequence implements SequenceState {
  readonly #name: string;
  readonly #definition: SequenceDefinition;
  readonly #counter: DurableCounter;

  private constructor(counter: DurableCounter, name: string, definition: SequenceDefinition) {
    this.#name = name;
    this.#definition = definition;
    this.#counter = counter;
  }

  /**
   * @param name name for error texts
   * @param storageName unique in the store and kept for the sequence's life, for example its object id
   */
  static open(store: DatabaseStore, storageName: string, name: string, definition: SequenceDefinition): Sequence {
    return new Sequence(new DurableCounter(store, `sequence:${storageName}`), name, definition);
  }

  /** The same numbers under another name or definition. */
  changed(name: string, definition: SequenceDefinition): Sequence {
    return new Sequence(this.#counter, name, definition);
  }

  /** `sys.sequences.current_value`: the last value handed out, the start value before the first. */
  get current(): bigint | undefined {
    return this.#counter.current;
  }

  /** @throws {SqlError} 11728 when the sequence is exhausted and does not cycle */
  next(): bigint {
    const { start, increment, minimum, maximum, cycle, cache } = this.#definition;
    const current = this.#counter.current;
    const ascending = increment > 0n;
    let value = current === undefined ? start : current + increment;
    if (value > maximum || value < minimum) {
      if (!cycle) {
        throw sequenceExhausted(this.#name);
      }
      value = ascending ? minimum : maximum;
      this.#counter.reset(value);
      return value;
    }
    const ahead = value + increment * BigInt(Math.max(cache - 1, 0));
    const reserved = ascending ? (ahead > maximum ? maximum : ahead) : ahead < minimum ? minimum : ahead;
    this.#counter.advance(value, reserved, ascending);
    return value;
  }

  /** ALTER SEQUENCE ... RESTART: the next value is `value`, or the start value. */
  restart(value?: bigint): void {
    this.#counter.reset(value === undefined ? undefined : value - this.#definition.increment);
  }

  /** DROP SEQUENCE has committed: the stored value goes. */
  remove(): void {
    this.#counter.withdraw();
    this.#counter.reset(undefined);
  }
}
