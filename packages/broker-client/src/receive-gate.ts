/** The right to go on behind a {@link ReceiveGate}. Dispose it before the next one is asked for. */
export interface GatePass extends Disposable {
  /** Aborted when the gate closes: take nothing new, finish what is in hand. */
  readonly closed: AbortSignal;
}

/**
 * Holds up what receives, on purpose: with a closed gate the readers of a loop finish the batches in hand and wait until it opens
 * again. It knows nothing of servers that are away, and a loop's outage nothing of the gate: each holds the readers for itself.
 */
export class ReceiveGate {
  #closing: AbortController | undefined = new AbortController();
  #opened = Promise.withResolvers<void>();
  #inside = 0;

  get isOpen(): boolean {
    return this.#closing !== undefined;
  }

  /** Passes that are in use. With a closed gate and none inside, nothing is received and nothing is in hand. */
  get inside(): number {
    return this.#inside;
  }

  /** Ends waits for messages, and lets nobody pass until {@link open}. Does nothing when closed. */
  close(): void {
    const closing = this.#closing;
    if (closing === undefined) return;
    this.#closing = undefined;
    this.#opened = Promise.withResolvers<void>();
    closing.abort(new DOMException('The gate is closed.', 'AbortError'));
  }

  /** Lets all pass again. Does nothing when open. */
  open(): void {
    if (this.#closing !== undefined) return;
    this.#closing = new AbortController();
    this.#opened.resolve();
  }

  /**
   * Waits until the gate is open.
   * @throws the reason of `signal` when aborted
   */
  async enter(signal: AbortSignal): Promise<GatePass> {
    for (;;) {
      signal.throwIfAborted();
      const closing = this.#closing;
      if (closing !== undefined) return this.#pass(closing.signal);
      await settledOrAborted(this.#opened.promise, signal);
    }
  }

  #pass(closed: AbortSignal): GatePass {
    let isInside = true;
    this.#inside += 1;
    return {
      closed,
      [Symbol.dispose]: () => {
        if (!isInside) return;
        isInside = false;
        this.#inside -= 1;
      },
    };
  }
}

async function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([promise, aborted.promise]);
  signal.removeEventListener('abort', onAbort);
}
