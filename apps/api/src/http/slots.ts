import { BusyError } from '../errors.ts';

/** So many of something at a time. */
export class Slots {
  readonly #most: number;
  readonly #what: string;
  #taken = 0;

  /** @param what in the plural, for the answer: `uploads` */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /** Takes one until it is disposed of. @throws BusyError */
  take(): Disposable {
    if (this.#taken >= this.#most)
      throw new BusyError(`The API has ${this.#most} ${this.#what} already, which is its limit.`, 1);
    this.#taken += 1;
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (isTaken) this.#taken -= 1;
        isTaken = false;
      },
    };
  }
}
