// A stack, for the tests of source code.
import { ok } from 'node:assert';

/** Last in, first out. */
export class Stack<T> {
  readonly #items: T[] = [];

  push(item: T): void {
    this.#items.push(item);
  }
}

export function drain<T>(stack: Stack<T>): T[] {
  ok(stack);

  return [];
}
