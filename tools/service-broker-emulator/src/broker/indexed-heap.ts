/** An item that knows its place in a heap, so that it can be moved or removed without a search. */
export interface HeapItem {
  /** Maintained by the heap; -1 = in no heap. */
  heapIndex: number;
}

/** A binary heap whose items may change their rank or leave: every operation takes O(log n). */
export class IndexedHeap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** @param before true when `a` must come out earlier than `b` */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** All items, the first one first, the others in no order. */
  values(): readonly T[] {
    return this.#items;
  }

  /** Adds the item, or puts it to its right place when it is here already and its rank has changed. */
  put(item: T): void {
    if (item.heapIndex < 0) {
      item.heapIndex = this.#items.length;
      this.#items.push(item);
    }
    this.#up(item.heapIndex);
    this.#down(item.heapIndex);
  }

  /** Takes the item out; nothing happens when it is not here. */
  remove(item: T): void {
    const index = item.heapIndex;
    if (index < 0) return;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#items[index] = last;
    last.heapIndex = index;
    this.#up(index);
    this.#down(last.heapIndex);
  }

  #up(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIf(index, parent)) return;
      index = parent;
    }
  }

  #down(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const [leftItem, rightItem] = [this.#items[left], this.#items[right]];
      if (leftItem === undefined) return;
      const child = rightItem !== undefined && this.#before(rightItem, leftItem) ? right : left;
      if (!this.#swapIf(child, index)) return;
      index = child;
    }
  }

  /** Exchanges the items when the one at `lower` belongs before the one at `upper`. */
  #swapIf(lower: number, upper: number): boolean {
    const a = this.#items[lower];
    const b = this.#items[upper];
    if (a === undefined || b === undefined || !this.#before(a, b)) return false;
    this.#items[upper] = a;
    this.#items[lower] = b;
    a.heapIndex = upper;
    b.heapIndex = lower;
    return true;
  }
}
