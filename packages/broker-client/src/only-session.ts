import { BrokerUnavailableError } from './errors.ts';

/**
 * Keeps a pool of mssql to one session in all. The pool tries the login with a connection of its own, which it closes
 * (`begin` comes after that), and replaces a connection that is lost (which is refused).
 */
export class OnlySession {
  readonly #server: string;
  #state: 'trying' | 'none' | 'made' = 'trying';

  /** @param server for error messages */
  constructor(server: string) {
    this.#server = server;
  }

  /** From here on, connections are sessions. */
  begin(): void {
    this.#state = 'none';
  }

  /**
   * @param connection that is about to be made; closed when it is refused
   * @throws BrokerUnavailableError when there was a session already
   */
  admit(connection: unknown): void {
    if (this.#state === 'trying') return;
    if (this.#state === 'none') {
      this.#state = 'made';
      return;
    }
    // Of msnodesqlv8 this is a plain object, and nothing has been opened yet.
    if (typeof connection === 'object' && connection !== null && 'close' in connection) {
      if (typeof connection.close === 'function') connection.close();
    }
    throw new BrokerUnavailableError(
      `The session with SQL Server ${this.#server} was lost. Another one would lack its settings, temporary tables and locks, ` +
        'so what was under way has to begin anew.',
    );
  }
}
