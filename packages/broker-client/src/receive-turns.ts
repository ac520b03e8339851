import { MessageRoom, type RoomPart } from './message-room.ts';

/** The turn of one reader to receive. Disposing of it passes it on. */
export class ReceiveTurn implements Disposable {
  readonly #held: RoomPart;
  readonly #gatherMs: number;
  readonly #found: (isFull: boolean) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param found told what {@link received} is told */
  constructor(held: RoomPart, gatherMs: number, found: (isFull: boolean) => void) {
    this.#held = held;
    this.#gatherMs = gatherMs;
    this.#found = found;
  }

  /**
   * Its reader receives now. An answer that doesn't come keeps nobody waiting for longer than one that does.
   *
   * @param waitMs longest wait for a message, in milliseconds
   */
  receiving(waitMs: number): void {
    this.#passOnAfter(waitMs + this.#gatherMs);
  }

  /**
   * Its reader has a batch of the queue.
   *
   * @param isFull whether more may wait there: then the turn is passed on at once
   */
  received(isFull: boolean): void {
    this.#found(isFull);
    if (isFull) this[Symbol.dispose]();
    else this.#passOnAfter(this.#gatherMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#held[Symbol.dispose]();
  }

  #passOnAfter(ms: number): void {
    // Then nobody waits for it.
    if (this.#gatherMs === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this[Symbol.dispose](), ms);
  }
}

/**
 * Says which of a loop's readers receives next. After a batch that wasn't full the queue has no more for them, and what comes while
 * it is handled gathers, so that the next reader gets it in one batch; but after `gatherMs` it is received even if that batch is
 * still in hand. After a full batch nobody waits, until one comes that isn't. The turns go round in the order in which they are
 * asked for.
 */
export class ReceiveTurns {
  readonly #room: MessageRoom;
  readonly #gatherMs: number;

  /** @param gatherMs milliseconds; 0: readers never wait for each other */
  constructor(gatherMs: number) {
    this.#room = new MessageRoom(gatherMs > 0 ? 1 : Number.POSITIVE_INFINITY);
    this.#gatherMs = gatherMs;
  }

  /** @throws the reason of `signal` when aborted */
  async take(signal: AbortSignal): Promise<ReceiveTurn> {
    return this.#turn(await this.#room.take(1, signal));
  }

  /** A turn beside the others', without waiting. */
  takeAtOnce(): ReceiveTurn {
    return this.#turn(this.#room.takeAtOnce(1));
  }

  #turn(held: RoomPart): ReceiveTurn {
    return new ReceiveTurn(held, this.#gatherMs, (isFull) => {
      if (this.#gatherMs > 0) this.#room.resize(isFull ? Number.POSITIVE_INFINITY : 1);
    });
  }
}
