/** A part of a {@link MessageRoom} that is taken; disposing of it gives back what is left of it. */
export class RoomPart implements Disposable {
  readonly #giveBack: (messages: number) => void;
  #messages: number;

  constructor(messages: number, giveBack: (messages: number) => void) {
    this.#messages = messages;
    this.#giveBack = giveBack;
  }

  /** Messages that it is for. */
  get messages(): number {
    return this.#messages;
  }

  /** Gives back what isn't needed; it doesn't grow. */
  shrinkTo(messages: number): void {
    const surplus = Math.max(0, this.#messages - messages);
    this.#messages -= surplus;
    this.#giveBack(surplus);
  }

  [Symbol.dispose](): void {
    this.shrinkTo(0);
  }
}

interface Waiting {
  readonly messages: number;
  readonly enter: (part: RoomPart) => void;
}

/**
 * Room for the messages that the readers of a loop have in hand or have asked for. Who comes first is served first, so a
 * reader that needs much room isn't kept waiting by others that need little.
 */
export class MessageRoom {
  #most: number;
  readonly #line: Waiting[] = [];
  #taken = 0;

  /** @param most messages, at least 1; `Infinity` sets no limit */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Waits for room.
   *
   * @param messages how many at most; of more than there can ever be room for, as many as there can
   * @throws the reason of `signal` when it is aborted before there is room
   */
  async take(messages: number, signal: AbortSignal): Promise<RoomPart> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<RoomPart>();
    const waiting: Waiting = { messages: Math.min(messages, this.#most), enter: resolve };
    this.#line.push(waiting);
    const leave = () => {
      const place = this.#line.indexOf(waiting);
      if (place < 0) return;
      this.#line.splice(place, 1);
      reject(signal.reason);
      this.#admit();
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#admit();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Makes it larger or smaller; what is taken stays taken. @param most as for the constructor */
  resize(most: number): void {
    this.#most = most;
    this.#admit();
  }

  /** Takes room without waiting, even if there is none. */
  takeAtOnce(messages: number): RoomPart {
    this.#taken += messages;
    return new RoomPart(messages, (surplus) => {
      this.#taken -= surplus;
      this.#admit();
    });
  }

  #admit(): void {
    for (;;) {
      const first = this.#line[0];
      if (first === undefined || this.#taken + first.messages > this.#most) return;
      this.#line.shift();
      first.enter(this.takeAtOnce(first.messages));
    }
  }
}
