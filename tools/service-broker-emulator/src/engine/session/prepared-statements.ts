/** A statement prepared by sp_prepare or sp_prepexec. */
interface PreparedStatement {
  readonly text: string;
  readonly parameters: string;
}

/** The prepared statements of a session, by handle. */
export class PreparedStatements {
  readonly #statements = new Map<number, PreparedStatement>();
  #lastHandle = 0;

  /** Gives its handle. */
  add(statement: PreparedStatement): number {
    this.#lastHandle += 1;
    this.#statements.set(this.#lastHandle, statement);
    return this.#lastHandle;
  }

  get(handle: number): PreparedStatement | undefined {
    return this.#statements.get(handle);
  }

  /** False when there was none. */
  delete(handle: number): boolean {
    return this.#statements.delete(handle);
  }

  clear(): void {
    this.#statements.clear();
  }
}
