import { inspect } from 'node:util';
import { hiddenSecret } from '@hartonomous/redaction';

/**
 * A secret value that can't be printed by accident: string conversion, JSON, `console.log`, `util.inspect` and
 * template strings all give `***`. The text is held in a private field, out of reach of anything that walks objects.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.freeze(this);
  }

  /** The secret itself. Call it where the secret is handed over (a driver's options), and nowhere else. */
  reveal(): string {
    return this.#text;
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.#text === '';
  }

  toString(): string {
    return hiddenSecret;
  }

  toJSON(): string {
    return hiddenSecret;
  }

  [Symbol.toPrimitive](): string {
    return hiddenSecret;
  }

  [inspect.custom](): string {
    return hiddenSecret;
  }
}
